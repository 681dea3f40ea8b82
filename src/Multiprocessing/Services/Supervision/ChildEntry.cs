namespace Multiprocessing;

/// <summary>
/// One child in the table of its supervisor. All fields are guarded by the supervisor's gate, except those that never change.
/// </summary>
internal sealed class ChildEntry(string name, ISupervisedChild child, SupervisedChildOptions options)
{
    public string Name { get; } = name;

    public ISupervisedChild Child { get; } = child;

    public SupervisedChildOptions Options { get; } = options;

    public SupervisedChildState State { get; set; }

    /// <summary>The number of the current or last life. Events of an earlier one are ignored.</summary>
    public int Life { get; set; }

    /// <summary>
    /// The child has run since the supervisor began or its group was restarted. Children after it do not wait for its restarts.
    /// </summary>
    public bool HasRun { get; set; }

    public int Restarts { get; set; }

    public ChildEnd? LastEnd { get; set; }

    /// <summary>By the supervisor's clock: since when it runs, or when it ended last.</summary>
    public DateTimeOffset Since { get; set; }

    /// <summary>Cancels the start of the current life; <see langword="null"/> as soon as the start has ended.</summary>
    public CancellationTokenSource? Starting { get; set; }

    /// <summary>The current life was reported as running. A start that has succeeded after its cancellation is not.</summary>
    public bool IsReported { get; set; }

    /// <summary>The timer of the back-off.</summary>
    public IDisposable? Timer { get; set; }

    public HealthProber? Prober { get; set; }

    /// <summary>Why the supervisor has killed the current life.</summary>
    public Exception? KilledFor { get; set; }

    /// <summary>When the last life ended, for the duration of the restart.</summary>
    public long EndedAt { get; set; }

    /// <summary>The child is removed as soon as nothing of it runs.</summary>
    public bool IsRemoving { get; set; }

    /// <summary>Something of the child runs, or is about to.</summary>
    public bool IsActive => State is SupervisedChildState.Starting or SupervisedChildState.Running or SupervisedChildState.Stopping;

    /// <summary>No event will start the child again.</summary>
    public bool IsEnded => State is SupervisedChildState.Ended;
}
