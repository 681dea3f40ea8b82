// Jobs that outlive their caller: RabbitMQ has them on disk, a consumer runs them on a cluster and acknowledges each by its outcome. The consumer
// and a node are killed in the middle; every job is done at least once, and those that fail each time are in a queue of their own.
//
//     dotnet run --project samples/DurableJobs [amqp://user:password@server/]
//
// Without an address it starts a RabbitMQ server of its own, if Debian's package rabbitmq-server is installed.

using System.Diagnostics;
using DurableJobs;
using Multiprocessing;
using RabbitMQ.Client;

const int Count = 300;
const int InvalidEvery = 60;
const int CrashEvery = 75;

if (args.Length == 0 && !Broker.IsInstalled)
{
    Console.WriteLine("RabbitMQ is not installed (Debian: apt-get install rabbitmq-server). To use a server that runs elsewhere:");
    Console.WriteLine("    dotnet run --project samples/DurableJobs -- amqp://user:password@server/");
    return 0;
}

var began = Stopwatch.GetTimestamp();
await using var broker = args.Length == 0 ? await Broker.StartAsync() : null;
var folder = Directory.CreateTempSubdirectory("durable-jobs-").FullName;
var processes = new List<ChildProcess>();
try
{
    var uri = broker?.Uri ?? args[0];
    Say(broker is null ? $"The server of {new Uri(uri).Host} is used." : "A RabbitMQ server has started.");
    var nodes = new[] { "north", "south" }.Select(name => ChildProcess.Run(Node.Run, folder, name)).ToList();
    processes.AddRange(nodes);
    await using var connection = await new ConnectionFactory { Uri = new Uri(uri) }.CreateConnectionAsync();
    await using var channel = await JobQueue.OpenAsync(connection);
    await channel.QueuePurgeAsync(JobQueue.Jobs);
    await channel.QueuePurgeAsync(JobQueue.Failed);
    var jobs = Enumerable.Range(1, Count).Select(id => new Job(id, KindOf(id), folder)).ToList();
    await Task.WhenAll(jobs.Select(job => JobQueue.PublishAsync(channel, job)));
    Say($"{Count} jobs are in the queue.");

    var consumer = ChildProcess.Run(Consumer.RunAsync, uri, folder);
    processes.Add(consumer);
    await Until(() => Done() > Count / 4);
    consumer.Kill();
    Say($"The consumer (process {consumer.Id}) is killed after {Done()} jobs.");
    processes.Add(ChildProcess.Run(Consumer.RunAsync, uri, folder));
    var before = Done();
    await Until(() => Done() > Math.Max(before, Count / 2));
    nodes[0].Kill();
    Say($"A node (process {nodes[0].Id}) is killed after {Done()} jobs.");

    var expected = jobs.Count(static job => job.Kind != JobKind.Invalid);
    await Until(() => Done() == expected);
    while (await channel.MessageCountAsync(JobQueue.Failed) < Count - expected)
    {
        await Task.Delay(50);
    }

    var starts = Directory.GetFiles(folder, "ledger-*").SelectMany(File.ReadLines)
        .Count(static line => line.StartsWith("start", StringComparison.Ordinal));
    var failed = new SortedSet<int>();
    while (await channel.BasicGetAsync(JobQueue.Failed, autoAck: true) is { } message)
    {
        failed.Add(Job.Read(message.Body.ToArray()).Id);
    }

    var isRight = failed.SetEquals(jobs.Where(static job => job.Kind == JobKind.Invalid).Select(static job => job.Id))
        && jobs.Where(static job => job.Kind != JobKind.Invalid).All(job => File.ReadAllText($"{folder}/result-{job.Id}") == $"{job.Id * 2}");
    Say($"{expected} jobs are done, in {starts} starts; {failed.Count} that fail each time are in '{JobQueue.Failed}': {string.Join(", ", failed)}.");
    await channel.QueueDeleteAsync(JobQueue.Jobs);
    await channel.QueueDeleteAsync(JobQueue.Failed);
    Console.WriteLine(isRight ? "No job is lost." : "Jobs are LOST or in the wrong queue.");
    return isRight ? 0 : 1;
}
finally
{
    processes.ForEach(static process =>
    {
        process.Kill();
        process.Dispose();
    });
    Directory.Delete(folder, recursive: true);
}

static JobKind KindOf(int id) => id % InvalidEvery == 0 ? JobKind.Invalid : id % CrashEvery == 0 ? JobKind.Crashes : JobKind.Plain;

int Done() => Directory.GetFiles(folder, "result-*").Select(Path.GetFileName).Count(static name => !name!.Contains('.', StringComparison.Ordinal));

void Say(string text) => Console.WriteLine($"{Stopwatch.GetElapsedTime(began).TotalSeconds,5:0.0} s  {text}");

static async Task Until(Func<bool> condition)
{
    for (var began = Stopwatch.GetTimestamp(); !condition(); await Task.Delay(50))
    {
        if (Stopwatch.GetElapsedTime(began) > TimeSpan.FromSeconds(120))
        {
            throw new TimeoutException("The jobs do not go on.");
        }
    }
}
