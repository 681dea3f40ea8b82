namespace ClusterModel;

/// <summary>Prints where 10, 100 and 1,000 nodes bend, from the costs that the benchmark of the cluster has measured.</summary>
internal static class Program
{
    private static void Main()
    {
        var costs = Costs.Read(Tables.File);
        Console.WriteLine($"Two nodes as measured: {1e9 / costs.Measured.TaskNanoseconds:#,0} tasks a second; the model: {Tables.AsMeasured(costs).TasksPerSecond:#,0}");
        Console.WriteLine();
        Console.WriteLine(Columns.AsText(Tables.Scheduler(costs)));
        Console.WriteLine();
        Console.WriteLine(Columns.AsText(Tables.Membership(costs)));
    }
}
