namespace Multiprocessing.Fuzz;

internal static class Replay
{
    /// <summary>Runs one input and prints how it ended.</summary>
    public static bool Run(FuzzTarget target, string file)
    {
        // First the name: some faults end the process.
        Console.WriteLine(file);
        try
        {
            target.Run(File.ReadAllBytes(file));
            Console.WriteLine("    ok");
            return true;
        }
        catch (Exception exception)
        {
            Console.WriteLine($"    {exception}");
            return false;
        }
    }
}
