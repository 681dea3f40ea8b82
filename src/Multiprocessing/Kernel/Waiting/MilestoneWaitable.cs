namespace Multiprocessing;

/// <summary>A milestone as a condition to wait for together with others.</summary>
internal sealed class MilestoneWaitable(Milestone milestone) : IWaitable
{
    public bool IsReady => milestone.IsReached;

    public IDisposable Register(Action signal)
    {
        milestone.WhenReached(signal);
        return new Registration(milestone, signal);
    }

    private sealed class Registration(Milestone milestone, Action signal) : IDisposable
    {
        public void Dispose() => milestone.Forget(signal);
    }
}
