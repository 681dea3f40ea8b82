using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Multiprocessing.Tool.Commands;
using Multiprocessing.Tool.Output;
using Multiprocessing.Tool.Stacks;

namespace Multiprocessing.Tool.Programs;

/// <summary>
/// <c>mp kill PID</c>: ends one process of a program at once, or with <c>--tree</c> also those below it. Only processes that take part in a program
/// of
/// this user are killed, checked by pid and start time: a number that the system has given to another process meanwhile is refused.
/// </summary>
internal static class KillCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static Command Create()
    {
        var process = CommonOptions.Process("A process of a running program: its root, a child, a worker or a service.");
        var tree = new Option<bool>("--tree", "-t") { Description = "Also kill all processes below it." };
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask." };
        return new Command("kill", "Kills a process of a program. It ends at once, without clean-up.") { process, tree, yes }.Does(
            (result, output, cancellationToken) =>
                RunAsync(result.GetValue(process), result.GetValue(tree), result.GetValue(yes), output, cancellationToken));
    }

    private static async Task<int> RunAsync(int processId, bool isTree, bool isSure, CommandOutput output, CancellationToken cancellationToken)
    {
        using var monitor = OpenOf(processId);
        var snapshot = monitor.Read();
        var named = snapshot.Processes.FirstOrDefault(process => process.Id == processId)
            ?? throw new CommandException(ExitCodes.NotFound, $"Process {processId} of {snapshot.Name} has ended.");
        List<ProcessSnapshot> victims = [named, .. isTree ? Below(snapshot, processId) : []];
        if (!isSure && !output.IsJson && output.IsTerminal && !Console.IsInputRedirected && !Ask(output, snapshot, victims))
        {
            output.WriteError("nothing was killed.");
            return ExitCodes.Refused;
        }

        // The parent first: it would start its workers and services again.
        foreach (var victim in victims)
        {
            Kill(monitor, victim.Id, isNamed: victim == named);
        }

        await WaitAsync(victims, cancellationToken);
        if (output.IsJson)
        {
            output.WriteJson(json => WriteJson(json, victims));
        }
        else
        {
            victims.ForEach(victim => output.WriteLine($"killed {victim.Id} {victim.Name}"));
        }

        return ExitCodes.Success;
    }

    private static ProgramMonitor OpenOf(int processId)
    {
        OtherProcess.ThrowIfMissing(processId);
        try
        {
            return ProgramMonitor.Open(processId);
        }
        catch (ProgramNotFoundException)
        {
            throw new CommandException(ExitCodes.Refused, $"Process {processId} does not take part in a program of this user that uses "
                + "Multiprocessing. "
                + $"'mp ps --tree' lists those that do; 'kill {processId}' kills any other.");
        }
    }

    /// <summary>Lists the descendants of a process, parents before their children.</summary>
    private static List<ProcessSnapshot> Below(ProgramSnapshot snapshot, int processId)
    {
        var found = new List<ProcessSnapshot>();
        var open = new Queue<int>([processId]);
        while (open.TryDequeue(out var parent))
        {
            foreach (var child in snapshot.Processes.Where(process => process.ParentId == parent && process.Id != parent))
            {
                found.Add(child);
                open.Enqueue(child.Id);
            }
        }

        return found;
    }

    private static bool Ask(CommandOutput output, ProgramSnapshot snapshot, List<ProcessSnapshot> victims)
    {
        foreach (var victim in victims)
        {
            output.WriteLine($"{victim.Id,8}  {victim.Name}");
        }

        Console.Write(victims[0].Id == snapshot.RootProcessId
            ? $"Kill the root of {snapshot.Name}? The whole program ends. [y/N] "
            : $"Kill {(victims.Count == 1 ? "this process" : $"these {victims.Count} processes")} of {snapshot.Name}? [y/N] ");
        return Console.ReadLine()?.Trim() is "y" or "Y" or "yes";
    }

    private static void Kill(ProgramMonitor monitor, int processId, bool isNamed)
    {
        try
        {
            monitor.Kill(processId);
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException or ProgramNotFoundException && !isNamed)
        {
            // A process below the one that was killed may end with it.
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException or ProgramNotFoundException)
        {
            throw new CommandException(ExitCodes.NotFound, exception.Message);
        }
    }

    private static async Task WaitAsync(List<ProcessSnapshot> victims, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        while (victims.FirstOrDefault(static victim => OtherProcess.IsRunning(victim.Id)) is { } running)
        {
            if (watch.Elapsed > Patience)
            {
                throw new CommandException(ExitCodes.TimedOut, $"Process {running.Id} was killed and has not ended within "
                    + $"{Patience.TotalSeconds:0} s."
                    + OtherProcess.ReasonForSilence(running.Id));
            }

            await Task.Delay(5, cancellationToken);
        }
    }

    private static void WriteJson(Utf8JsonWriter json, List<ProcessSnapshot> victims)
    {
        json.WriteStartObject();
        json.WriteStartArray("killed");
        foreach (var victim in victims)
        {
            json.WriteStartObject();
            json.WriteNumber("id", victim.Id);
            json.WriteString("name", victim.Name);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
