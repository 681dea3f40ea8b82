namespace Tour;

internal static class Program
{
    /// <summary>How often <c>Main</c> has run in this process.</summary>
    public static int MainRuns { get; private set; }

    private static Task<int> Main(string[] args)
    {
        MainRuns++;
        Console.WriteLine($"Main runs, in process {Environment.ProcessId}. You will not see this line again, whatever the lessons start.");
        return TourGuide.RunAsync(args);
    }
}
