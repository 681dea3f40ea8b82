using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using Multiprocessing;

namespace Services.Cases;

/// <summary>
/// A <see cref="ManagerServer"/> on the loopback interface serves 1,000 clients, each with a connection of its own. Meanwhile clients with a wrong key knock: both
/// sides must report an authentication error soon, and the good clients must be served all the time.
/// </summary>
internal sealed class WrongKey : SpecialCase
{
    private const int GoodClients = 1000;
    private const int WrongClients = 20;
    private const int Callers = 4;
    private const string Numbers = "numbers";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private static readonly byte[] Key = "the key of the program"u8.ToArray();

    public override string Name => "wrong-key";

    public override (IReadOnlyList<Row> Rows, string Summary) Run(Settings settings)
    {
        Console.Write($"{Name} ");
        var summary = RunAsync().GetAwaiter().GetResult();
        Console.WriteLine();
        return ([], summary);
    }

    private static async Task<string> RunAsync()
    {
        var rejections = new ConcurrentQueue<long>();
        var options = new ManagerServerOptions
        {
            MaxClients = GoodClients + WrongClients,
            Listener = { Key = Key, OnRejected = _ => rejections.Enqueue(Stopwatch.GetTimestamp()) },
        };
        await using var server = new ManagerServer(options);
        server.AddDictionary<int, int>(Numbers);
        server.Start(new IPEndPoint(IPAddress.Loopback, 0));
        var begin = Stopwatch.GetTimestamp();
        var clients = new List<ManagerClient>();
        try
        {
            while (clients.Count < GoodClients)
            {
                var next = Enumerable.Range(0, 50).Select(_ => ManagerClient.ConnectAsync(server.LocalEndPoint, OptionsWith(Key)));
                clients.AddRange(await Task.WhenAll(next).ConfigureAwait(false));
                Console.Write('.');
            }

            var connected = Stopwatch.GetElapsedTime(begin);
            var numbers = clients.ConvertAll(static client => client.Dictionary<int, int>(Numbers));
            numbers[0][1] = 1;
            using var stop = new CancellationTokenSource();
            var calls = 0L;
            var longest = 0L;
            var callers = Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
            {
                for (var i = caller; !stop.IsCancellationRequested; i = (i + Callers) % GoodClients)
                {
                    var start = Stopwatch.GetTimestamp();
                    ArgumentOutOfRangeException.ThrowIfNotEqual(await numbers[i].GetAsync(1).ConfigureAwait(false), 1);
                    Raise(ref longest, Stopwatch.GetTimestamp() - start);
                    Interlocked.Increment(ref calls);
                }
            })).ToArray();
            var atClient = TimeSpan.Zero;
            var atServer = TimeSpan.Zero;
            for (var i = 0; i < WrongClients; i++)
            {
                var start = Stopwatch.GetTimestamp();
                try
                {
                    await using var refused = await ManagerClient.ConnectAsync(
                        server.LocalEndPoint, OptionsWith(Encoding.UTF8.GetBytes($"wrong {i}"))).ConfigureAwait(false);
                    throw new InvalidOperationException("A wrong key was accepted.");
                }
                catch (ConnectionAuthenticationException)
                {
                    atClient = Max(atClient, Stopwatch.GetElapsedTime(start));
                }

                long rejected;
                while (!rejections.TryDequeue(out rejected))
                {
                    await Task.Delay(1).ConfigureAwait(false);
                    if (Stopwatch.GetElapsedTime(start) > Limit)
                    {
                        throw new InvalidOperationException("The server did not report the wrong key.");
                    }
                }

                atServer = Max(atServer, Stopwatch.GetElapsedTime(start, rejected));
                await Task.Delay(50).ConfigureAwait(false);
            }

            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(callers).ConfigureAwait(false);
            if (server.ClientCount != GoodClients || atClient > Limit || atServer > Limit)
            {
                throw new InvalidOperationException(
                    $"{server.ClientCount} clients are connected; the wrong keys took {atClient.TotalMilliseconds} ms and {atServer.TotalMilliseconds} ms.");
            }

            return $"{GoodClients} clients connected in {connected.TotalSeconds:0.0} s. {WrongClients} clients with a wrong key got the authentication error after at most "
                + $"{atClient.TotalMilliseconds:0} ms, the server after {atServer.TotalMilliseconds:0} ms (aim: 5 s), while the {GoodClients} clients made {calls:N0} calls, "
                + $"the slowest of which took {TimeSpan.FromSeconds((double)longest / Stopwatch.Frequency).TotalMilliseconds:0} ms.";
        }
        finally
        {
            foreach (var client in clients)
            {
                await client.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private static ManagerClientOptions OptionsWith(byte[] key) => new() { Connection = { Key = key } };

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;

    private static void Raise(ref long most, long value)
    {
        for (var seen = Volatile.Read(ref most); value > seen;)
        {
            var now = Interlocked.CompareExchange(ref most, value, seen);
            if (now == seen)
            {
                return;
            }

            seen = now;
        }
    }
}
