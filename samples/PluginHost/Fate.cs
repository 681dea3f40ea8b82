namespace PluginHost;

/// <summary>How a call of a service ends.</summary>
internal enum Fate
{
    /// <summary>By its result.</summary>
    Result,

    /// <summary>By an exception of the called code. The process continues.</summary>
    Exception,

    /// <summary>By the death of the process.</summary>
    Crash,

    /// <summary>By the time limit, which kills the process.</summary>
    Hang,
}
