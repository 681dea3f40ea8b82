using System.Diagnostics;
using Multiprocessing;
using Tour.Lessons;

namespace Tour;

/// <summary>Runs the lessons: all of them, or those with the given numbers.</summary>
internal static class TourGuide
{
    private const int Passed = 0;
    private const int Failed = 1;
    private const int Misused = 2;

    private static readonly TimeSpan LimitOfALesson = TimeSpan.FromMinutes(2);

    private static readonly Lesson[] Lessons =
    [
        new(0, "The ten lines of the README", ReadmeExample.Run),
        new(1, "Process and program", ProcessAndProgram.Run),
        new(2, "The states of a process", ProcessStates.Run),
        new(3, "Two busy processes beside two busy threads", ProcessesAndThreads.Run),
        new(4, "A queue for three", QueueOfThree.Run),
        new(5, "Save while downloading, as in the tutorial", SaveWhileDownloading.Run),
        new(6, "Save while downloading, with real files", SaveRealFiles.Run),
        new(7, "The two kinds of queue", TwoKindsOfQueue.Run),
        new(8, "Globals: threads share them, processes do not", Globals.Run),
    ];

    public static async Task<int> RunAsync(string[] args)
    {
        Screen.Prepare();
        if (args is ["--list"])
        {
            Screen.Table(["", "lesson"], Lessons.Select(lesson => new[] { $"{lesson.Number}", lesson.Title }));
            return Passed;
        }

        var chosen = Lessons.Where(lesson => args.Length == 0 || args.Contains($"{lesson.Number}")).ToArray();
        if (chosen.Length < args.Length)
        {
            await Console.Error.WriteLineAsync($"Usage: Tour [--list | number of a lesson, 0 to {Lessons.Length - 1} ...]");
            return Misused;
        }

        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsWindows())
        {
            await Console.Error.WriteLineAsync("The library runs on Linux and Windows (x64 and arm64) today, and so does this tour.");
            return Misused;
        }

        var outcomes = new List<Outcome>();
        foreach (var lesson in chosen)
        {
            outcomes.Add(await Teach(lesson));
            if (!outcomes[^1].Passed)
            {
                break;
            }
        }

        Screen.Summary(outcomes, chosen.Skip(outcomes.Count));
        return outcomes[^1].Passed ? Passed : Failed;
    }

    private static async Task<Outcome> Teach(Lesson lesson)
    {
        Screen.Title(lesson);
        var check = new Check();
        var watch = Stopwatch.StartNew();
        try
        {
            await Task.Run(() => lesson.Run(check)).WaitAsync(LimitOfALesson);
            check.Equal("no process of the lesson is left", 0, ChildProcess.Active.Count);
            return new Outcome(lesson, check.Count, watch.Elapsed, Passed: true);
        }
        catch (CheckFailedException failure)
        {
            Screen.Failure(failure);
        }
        catch (TimeoutException) when (watch.Elapsed >= LimitOfALesson)
        {
            var left = string.Join(", ", ChildProcess.Active);
            Screen.Failure($"The lesson did not end within {LimitOfALesson.TotalMinutes:0} minutes. Remaining children: {left}");
        }
        catch (Exception exception)
        {
            Screen.Failure(exception);
        }

        return new Outcome(lesson, check.Count, watch.Elapsed, Passed: false);
    }
}
