using Xunit;

namespace Multiprocessing.Tests;

/// <summary>Tests that start processes run one after another, alone, so that what is left behind has one culprit.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ProcessCollection
{
    public const string Name = "processes";
}

/// <summary>A test of processes: each proves that after it processes, handles and files are as they were before it.</summary>
[Collection(ProcessCollection.Name)]
public abstract class ProcessTest : IAsyncLifetime
{
    private static Footprint? _last;

    private Footprint? _before;

    public virtual async ValueTask InitializeAsync()
    {
        await WarmUp.Done;
        _before = await Footprint.TakeSettled(_last);
    }

    public virtual async ValueTask DisposeAsync()
    {
        _last = null; // if the test fails here, what it has left is in the next one's footprint
        _last = await _before!.ShouldBeAsNow(BeforeLook);
        GC.SuppressFinalize(this);
    }

    /// <summary>Called before each look at what the test has left.</summary>
    protected virtual void BeforeLook()
    {
    }
}
