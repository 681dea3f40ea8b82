namespace Comparison;

/// <summary>What is measured, and what is done with the figures.</summary>
internal enum Mode
{
    /// <summary>All cases; the figures are written into the documentation.</summary>
    Report,

    /// <summary>All cases; the figures are compared with the recorded ones.</summary>
    Gate,

    /// <summary>All cases; the figures are recorded.</summary>
    Record,

    /// <summary>Throughput over many fresh pairs of processes.</summary>
    Pairs,

    /// <summary>The first operations of a program.</summary>
    Cold,

    /// <summary>Times over a growing number of processes, queues or bytes.</summary>
    Curves,

    /// <summary>The durations of single operations, alone and beside a program that uses all processors.</summary>
    Latency,
}
