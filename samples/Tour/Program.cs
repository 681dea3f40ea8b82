namespace Tour;

internal static class Program
{
    /// <summary>The number of times that <c>Main</c> has run in this process.</summary>
    public static int MainRuns { get; private set; }

    private static Task<int> Main(string[] args)
    {
        MainRuns++;
        Console.WriteLine($"Main runs, in process {Environment.ProcessId}. This line appears only once, whatever the lessons start.");
        return TourGuide.RunAsync(args);
    }
}
