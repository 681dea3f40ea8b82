using System.CommandLine;

namespace Web;

/// <summary>The settings from the command line.</summary>
internal sealed record Settings
{
    /// <summary>The address of the site.</summary>
    public required string Url { get; init; }

    /// <summary>The number of worker processes.</summary>
    public required int Workers { get; init; }

    /// <summary>Whether to send requests, kill workers, and end, in place of serving until Ctrl+C.</summary>
    public required bool Load { get; init; }

    /// <summary>The number of connections of the load.</summary>
    public required int Connections { get; init; }

    /// <summary>The number of workers that are killed while the load runs.</summary>
    public required int Kills { get; init; }

    public static RootCommand Command(Func<Settings, Task<int>> run)
    {
        var url = new Option<string>("--url") { Description = "The address of the site.", DefaultValueFactory = _ => "http://127.0.0.1:5080" };
        var workers = new Option<int>("--workers") { Description = "The number of worker processes.", DefaultValueFactory = _ => Environment.ProcessorCount };
        var load = new Option<bool>("--load") { Description = "Sends requests, kills workers meanwhile, prints what happened, and ends." };
        var connections = new Option<int>("--connections") { Description = "The number of connections of the load.", DefaultValueFactory = _ => 16 };
        var kills = new Option<int>("--kills") { Description = "The number of workers that are killed meanwhile.", DefaultValueFactory = _ => 40 };
        var command = new RootCommand("Makes thumbnails in a pool of processes: an image that crashes the decoder costs one worker, and no request of another user.")
        {
            url, workers, load, connections, kills,
        };
        command.SetAction((parsed, _) => run(new Settings
        {
            Url = parsed.GetValue(load) && parsed.GetResult(url) is null or { Implicit: true } ? "http://127.0.0.1:0" : parsed.GetValue(url)!,
            Workers = parsed.GetValue(workers),
            Load = parsed.GetValue(load),
            Connections = parsed.GetValue(connections),
            Kills = parsed.GetValue(kills),
        }));
        return command;
    }
}
