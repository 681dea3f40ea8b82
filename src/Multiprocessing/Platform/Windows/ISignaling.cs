namespace Multiprocessing.Platform.Windows;

/// <summary>A source that reports when it has become ready.</summary>
internal interface ISignaling
{
    bool IsReady { get; }

    bool IsClosed { get; }

    /// <summary>Called on any thread when <see cref="IsReady"/> may have become true.</summary>
    Action? Changed { get; set; }
}
