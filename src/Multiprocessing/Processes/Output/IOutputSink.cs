namespace Multiprocessing;

/// <summary>Takes one stream of a child's output: one call at a time, on the thread pool, because it may be slow.</summary>
internal interface IOutputSink
{
    /// <summary>It keeps the beginning of a line whose end has not come.</summary>
    bool HasRest { get; }

    void Write(ReadOnlySpan<byte> data);

    /// <summary>Nothing more will come: passes the rest on.</summary>
    void Finish();
}
