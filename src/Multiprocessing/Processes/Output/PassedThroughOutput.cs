using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>A child's standard error on its way to the parent's, byte for byte and as soon as it comes.</summary>
internal sealed class PassedThroughOutput : IOutputSink
{
    private readonly PipeEnd _target = PipeEnd.StandardError();

    public bool HasRest => false;

    public void Write(ReadOnlySpan<byte> data) => _target.Write(data);

    public void Finish()
    {
    }
}
