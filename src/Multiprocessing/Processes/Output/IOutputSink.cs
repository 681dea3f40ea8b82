namespace Multiprocessing;

/// <summary>Receives one stream of a child's output. Called on the thread pool, because it may be slow, and by one thread at a time.</summary>
internal interface IOutputSink
{
    /// <summary>The sink keeps the beginning of a line whose end has not arrived.</summary>
    bool HasRest { get; }

    void Write(ReadOnlySpan<byte> data);

    /// <summary>The stream has ended: writes the rest.</summary>
    void Finish();
}
