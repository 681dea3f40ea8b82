using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>Passes a child's standard error to the parent's, byte for byte and without delay.</summary>
internal sealed class PassedThroughOutput : IOutputSink
{
    private readonly PipeEnd _target = PipeEnd.StandardError();

    public bool HasRest => false;

    public void Write(ReadOnlySpan<byte> data) => _target.Write(data);

    public void Finish()
    {
    }
}
