namespace Tour;

/// <summary>One lesson: it demonstrates something and checks it.</summary>
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

/// <summary>The result of a lesson.</summary>
internal sealed record Outcome(Lesson Lesson, int Checks, TimeSpan Elapsed, bool Passed);
