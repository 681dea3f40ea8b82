using System.CommandLine;
using System.Text.Json;
using Multiprocessing.Tool.Commands;
using Multiprocessing.Tool.Output;
using Multiprocessing.Tool.Top;
using Spectre.Console;

namespace Multiprocessing.Tool.Programs;

/// <summary><c>mp ps</c>: the running programs of this user, and with <c>--tree</c> their processes.</summary>
internal static class PsCommand
{
    // Processor time is the difference of two pictures.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    public static Command Create()
    {
        var tree = new Option<bool>("--tree", "-t") { Description = "Also list the processes of each program." };
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Only pids, one in each line." };
        return new Command("ps", "Lists the running programs of this user that use Multiprocessing.") { tree, quiet }.Does(
            (result, output, cancellationToken) => RunAsync(result.GetValue(tree), result.GetValue(quiet), output, cancellationToken));
    }

    private static async Task<int> RunAsync(bool isTree, bool isQuiet, CommandOutput output, CancellationToken cancellationToken)
    {
        var programs = ProgramMonitor.FindAll();
        if (isQuiet && !output.IsJson && !isTree)
        {
            foreach (var program in programs)
            {
                output.WriteLine($"{program.ProcessId}");
            }

            return ExitCodes.Success;
        }

        var pictures = await ReadAsync(programs, cancellationToken);
        if (output.IsJson)
        {
            output.WriteJson(json => WriteJson(json, pictures, isTree));
        }
        else if (isQuiet)
        {
            pictures.SelectMany(static seen => seen.Picture.Processes).ToList().ForEach(process => output.WriteLine($"{process.Id}"));
        }
        else if (pictures.Count == 0)
        {
            output.WriteLine("No program of this user that uses Multiprocessing runs.");
        }
        else
        {
            Write(output, pictures, isTree);
        }

        return ExitCodes.Success;
    }

    private static async Task<List<Seen>> ReadAsync(IReadOnlyList<RunningProgram> programs, CancellationToken cancellationToken)
    {
        var opened = new List<(RunningProgram Program, ProgramMonitor Monitor, PictureMaker Maker)>();
        try
        {
            foreach (var program in programs)
            {
                Try(() =>
                {
                    var monitor = ProgramMonitor.Open(program.ProcessId);
                    opened.Add((program, monitor, new PictureMaker()));
                });
            }

            opened.ForEach(static entry => Try(() => entry.Maker.Next(entry.Monitor.Read())));
            await Task.Delay(opened.Count == 0 ? TimeSpan.Zero : Interval, cancellationToken);
            var seen = new List<Seen>();
            foreach (var (program, monitor, maker) in opened)
            {
                Try(() => seen.Add(new Seen(program, maker.Next(monitor.Read()))));
            }

            return seen;
        }
        finally
        {
            opened.ForEach(static entry => entry.Monitor.Dispose());
        }
    }

    /// <summary>A program that ends while it is read is left out.</summary>
    private static void Try(Action read)
    {
        try
        {
            read();
        }
        catch (ProgramNotFoundException)
        {
            // It ended meanwhile.
        }
    }

    private static void Write(CommandOutput output, List<Seen> pictures, bool isTree)
    {
        var table = isTree
            ? Tables.New(">PID", "NAME", "ROLE", "STATE", ">THREADS", ">CPU%", ">MEM", ">UP", "DOING")
            : Tables.New(">PID", "NAME", ">PROCESSES", ">POOLS", ">QUEUES", ">CPU%", ">MEM", ">UP", "COMMAND");
        foreach (var seen in pictures)
        {
            foreach (var row in isTree ? seen.Picture.Processes.Select(Row) : [Row(seen)])
            {
                table.AddRow(row.Select(static (cell, index) => index == 8 ? new Text(cell).Ellipsis() : new Text(cell)));
            }
        }

        output.Text.Write(table);
    }

    private static string[] Row(Seen seen) =>
    [
        $"{seen.Program.ProcessId}",
        seen.Program.Name,
        $"{seen.Picture.Processes.Count}",
        $"{seen.Picture.Pools.Count}",
        $"{seen.Picture.Queues.Count}",
        Quantity.Percent(seen.Picture.Processors ?? 0),
        Quantity.ShortBytes(seen.Picture.MemoryBytes),
        Quantity.Age(seen.Picture.Uptime),
        seen.Program.CommandLine ?? "",
    ];

    private static string[] Row(ProcessRow process) =>
    [
        $"{process.Id}",
        process.Branches + process.Name,
        process.Role,
        process.State,
        $"{process.Threads}",
        Quantity.Percent(process.Processors ?? 0),
        Quantity.ShortBytes(process.MemoryBytes),
        Quantity.Age(process.Age),
        process.Doing ?? "",
    ];

    private static void WriteJson(Utf8JsonWriter json, List<Seen> pictures, bool isTree)
    {
        json.WriteStartObject();
        json.WriteStartArray("programs");
        foreach (var (program, picture) in pictures.Select(static seen => (seen.Program, seen.Picture)))
        {
            json.WriteStartObject();
            json.WriteNumber("processId", program.ProcessId);
            json.WriteString("name", program.Name);
            json.WriteString("commandLine", program.CommandLine);
            json.WriteString("startTime", program.StartTime);
            json.WriteNumber("processCount", picture.Processes.Count);
            json.WriteNumber("poolCount", picture.Pools.Count);
            json.WriteNumber("queueCount", picture.Queues.Count);
            json.WriteNumber("processors", Math.Round(picture.Processors ?? 0, 3));
            json.WriteNumber("memoryBytes", picture.MemoryBytes);
            json.WriteNumber("sharedMemoryBytes", picture.SharedMemoryBytes);
            if (isTree)
            {
                json.WriteStartArray("processes");
                foreach (var process in picture.Processes)
                {
                    WriteJson(json, process);
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteJson(Utf8JsonWriter json, ProcessRow process)
    {
        json.WriteStartObject();
        json.WriteNumber("id", process.Id);
        json.WriteString("name", process.Name);
        json.WriteString("role", process.Role);
        json.WriteString("state", process.State);
        json.WriteNumber("processors", Math.Round(process.Processors ?? 0, 3));
        json.WriteNumber("memoryBytes", process.MemoryBytes);
        json.WriteNumber("threads", process.Threads);
        json.WriteString("doing", process.Doing);
        json.WriteEndObject();
    }

    private sealed record Seen(RunningProgram Program, Picture Picture);
}
