using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Multiprocessing;
using SkiaSharp;

namespace Web;

/// <summary>
/// The site under load: many connections send images while workers are killed at random. Each request must get its thumbnail, and an image that crashes
/// the decoder a refusal.
/// </summary>
internal static class LoadRun
{
    private const int Width = 120;

    private static readonly TimeSpan BetweenKills = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    public static async Task<int> RunAsync(WebApplication app, Settings settings)
    {
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = settings.Connections }) { BaseAddress = new Uri(address) };
        var images = Enumerable.Range(0, 20).Select(Thumbnails.Draw).ToArray();
        var failures = new ConcurrentQueue<string>();
        var times = new ConcurrentQueue<double>();
        using var stop = new CancellationTokenSource(Limit);
        var start = Stopwatch.StartNew();
        var senders = Enumerable.Range(0, settings.Connections).Select(sender => Task.Run(async () =>
        {
            for (var i = sender; !stop.IsCancellationRequested; i++)
            {
                var sent = Stopwatch.GetTimestamp();
                if (await TryAsync(client, images[i % images.Length]) is { } failure)
                {
                    failures.Enqueue(failure);
                }

                times.Enqueue(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
            }
        })).ToArray();
        var kills = await KillAsync(settings.Kills, () => times.Count, stop.Token);
        var refused = await RefusesPoisonAsync(client);
        await stop.CancelAsync();
        await Task.WhenAll(senders);
        var seconds = start.Elapsed.TotalSeconds;
        var sorted = times.Order().ToArray();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{sorted.Length} requests over {settings.Connections} connections in {seconds:0.0} s, {kills} workers killed meanwhile, {failures.Count} failed requests"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"times: median {sorted[sorted.Length / 2]:0} ms, 95 of 100 within {sorted[sorted.Length * 95 / 100]:0} ms, the slowest {sorted[^1]:0} ms"));
        Console.WriteLine(refused ? "an image that crashes the decoder was refused" : "an image that crashes the decoder was not refused");
        foreach (var group in failures.GroupBy(static failure => failure).Take(5))
        {
            Console.WriteLine($"  {group.Count()} x {group.Key}");
        }

        await app.StopAsync();
        return failures.IsEmpty && refused && kills == settings.Kills ? 0 : 1;
    }

    private static async Task<string?> TryAsync(HttpClient client, byte[] image)
    {
        try
        {
            using var answer = await client.PostAsync($"/thumbnails?width={Width}", new ByteArrayContent(image));
            if (!answer.IsSuccessStatusCode)
            {
                return $"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}";
            }

            using var thumbnail = SKBitmap.Decode(await answer.Content.ReadAsByteArrayAsync());
            return thumbnail is { Width: Width } ? null : "the thumbnail is not as wide as asked";
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            return exception.Message;
        }
    }

    private static async Task<int> KillAsync(int count, Func<int> served, CancellationToken stop)
    {
        using var monitor = ProgramMonitor.OpenCurrent();
        var random = new Random(1);
        var kills = 0;
        while (kills < count && !stop.IsCancellationRequested)
        {
            await Task.Delay(BetweenKills, CancellationToken.None);
            var workers = monitor.Read().Processes.Where(static process => process.Role == ProcessRole.Worker).ToArray();
            if (served() == 0 || workers.Length == 0)
            {
                continue;
            }

            try
            {
                monitor.Kill(workers[random.Next(workers.Length)].Id);
                kills++;
            }
            catch (ProgramNotFoundException)
            {
                // it has ended by itself
            }
        }

        return kills;
    }

    private static async Task<bool> RefusesPoisonAsync(HttpClient client)
    {
        using var answer = await client.PostAsync("/thumbnails", new ByteArrayContent([.. Thumbnails.Poison, 1, 2, 3]));
        return (int)answer.StatusCode == 422;
    }
}
