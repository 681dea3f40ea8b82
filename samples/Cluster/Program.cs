// Starts three nodes and a caller on this machine, counts the words and hashes the bytes of all files of a folder on the nodes, kills a node in the
// middle, and compares the result with that of one machine.
//
//     dotnet run --project samples/Cluster [folder]

using System.Diagnostics;
using Cluster;
using Multiprocessing;

var folder = Path.GetFullPath(args.Length > 0 ? args[0] : AppContext.BaseDirectory);
var chunks = Chunk.Of(folder).ToList();
Console.WriteLine($"{chunks.Count} chunks of the files of {folder}");

var files = Directory.CreateTempSubdirectory("cluster-sample-").FullName;
var nodes = new List<ChildProcess>();
try
{
    foreach (var name in (string[])["north", "east", "south"])
    {
        nodes.Add(ChildProcess.Run(Node.Run, files, name, 2));
    }

    FolderReport here;
    await using (IProcessPool pool = new ProcessPool())
    {
        here = await FolderReport.Of(pool, chunks);
        Console.WriteLine($"one machine: {here}");
    }

    FolderReport there;
    await using (var pool = await ClusterPool.ConnectAsync(options =>
    {
        options.Cluster = "sample";
        options.MaxAttempts = 3; // a chunk may be read twice: it is tried again when its node was lost
        options.Membership.UseLocalhost(files);
    }))
    {
        while (pool.NodeNames.Count < nodes.Count)
        {
            await Task.Delay(50);
        }

        Console.WriteLine($"cluster:     {pool}");
        var began = Stopwatch.GetTimestamp();
        there = await FolderReport.Of(pool, chunks, done: count =>
        {
            if (count == chunks.Count / 3)
            {
                Console.WriteLine($"             {nodes[1].Name} (process {nodes[1].Id}) is killed after {count} chunks");
                nodes[1].Kill();
            }
        });
        Console.WriteLine($"cluster:     {there} in {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s");
        Console.WriteLine($"             {pool.GetInsights().Tasks.Sum(static task => task.Retries)} chunks were tried again");
    }

    Console.WriteLine(here == there ? "The results are the same." : "The results DIFFER.");
    return here == there ? 0 : 1;
}
finally
{
    nodes.ForEach(static node =>
    {
        node.Kill();
        node.Dispose();
    });
    Directory.Delete(files, recursive: true);
}
