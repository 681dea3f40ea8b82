namespace Multiprocessing;

/// <summary>How a call of an object in another process ended.</summary>
internal enum CallOutcome
{
    /// <summary>Its member has returned.</summary>
    Succeeded,

    /// <summary>Its member has thrown.</summary>
    Failed,

    /// <summary>Its token was canceled, and it did not return a result.</summary>
    Canceled,

    /// <summary>It took longer than <see cref="ProcessServiceOptions.CallTimeout"/>.</summary>
    TimedOut,

    /// <summary>The other process ended before the reply.</summary>
    ServiceDied,
}
