using Multiprocessing.Tests.Queues;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Synchronization;

/// <summary>Who does a test's work beside the test itself: threads of this process, or processes.</summary>
public abstract class Crew
{
    public static Crew Threads { get; } = new ThreadCrew();

    public static Crew Processes { get; } = new ProcessCrew();

    /// <summary>Begins the work.</summary>
    /// <returns>Waits for its end and throws what it threw.</returns>
    public abstract Action Start(Action work);

    public void Do(params ReadOnlySpan<Action> works)
    {
        var ends = new List<Action>();
        foreach (var work in works)
        {
            ends.Add(Start(work));
        }

        ends.ForEach(static end => end());
    }

    private sealed class ThreadCrew : Crew
    {
        public override Action Start(Action work)
        {
            var task = Watch.Thread(work);
            return () => Watch.Over(task);
        }
    }

    private sealed class ProcessCrew : Crew
    {
        public override Action Start(Action work)
        {
            var child = ChildProcess.Run(work);
            return () =>
            {
                using (child)
                {
                    child.Join(Watch.Patience).ShouldBeTrue();
                    child.ExitStatus!.IsSuccess.ShouldBeTrue($"{child} ended with {child.ExitStatus}: {child.ExitStatus.Error}");
                }
            };
        }
    }
}

/// <summary>A suite that holds for threads and for processes; the latter leave nothing behind.</summary>
public abstract class CrewTest(Crew crew) : IAsyncLifetime
{
    private static Footprint? _last;

    private Footprint? _before;

    protected Crew Crew { get; } = crew;

    public async ValueTask InitializeAsync()
    {
        if (Crew == Crew.Processes)
        {
            await WarmUp.Done;
            _before = await Footprint.TakeSettled(_last);
        }
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_before is { } before)
        {
            _last = null; // if the test fails here, what it has left is in the next one's footprint
            _last = await before.ShouldBeAsNow();
        }
    }
}
