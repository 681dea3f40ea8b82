namespace Tour;

/// <summary>One lesson: it shows something and checks that it is so.</summary>
internal sealed record Lesson(int Number, string Title, Func<Check, Task> Run)
{
    public Lesson(int number, string title, Action<Check> run)
        : this(number, title, check =>
        {
            run(check);
            return Task.CompletedTask;
        })
    {
    }
}

/// <summary>How a lesson went.</summary>
internal sealed record Outcome(Lesson Lesson, int Checks, TimeSpan Elapsed, bool Passed);
