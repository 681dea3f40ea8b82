using System.CommandLine;
using System.Text.Json;
using Multiprocessing.Tool.Commands;
using Multiprocessing.Tool.Output;
using Spectre.Console;

namespace Multiprocessing.Tool.Leftovers;

/// <summary><c>mp gc</c>: removes what killed programs of this user left in shared memory.</summary>
internal static class GcCommand
{
    public static Command Create()
    {
        var dryRun = new Option<bool>("--dry-run", "-n") { Description = "List what would be removed, and change nothing." };
        return new Command("gc", "Removes the shared memory that killed programs of this user left behind.") { dryRun }.Does(
            (result, output, _) => Task.FromResult(Run(output, result.GetValue(dryRun))));
    }

    private static int Run(CommandOutput output, bool isDryRun)
    {
        var leftovers = isDryRun ? ProgramLeftovers.Find() : ProgramLeftovers.Remove();
        if (output.IsJson)
        {
            output.WriteJson(json => WriteJson(json, leftovers, isDryRun));
        }
        else
        {
            Write(output, leftovers, isDryRun);
        }

        return leftovers.Any(static leftover => leftover.Error is not null) ? ExitCodes.ProblemsFound : ExitCodes.Success;
    }

    private static void Write(CommandOutput output, IReadOnlyList<ProgramLeftover> leftovers, bool isDryRun)
    {
        if (leftovers.Count == 0)
        {
            output.WriteLine("Nothing is left behind.");
            return;
        }

        var table = Tables.New("PATH", ">SIZE", ">FILES", ">AGE", ">PROGRAM", "STATE");
        foreach (var leftover in leftovers)
        {
            table.AddRow(
                new Text(leftover.Path),
                new Text(Quantity.Bytes(leftover.Bytes)),
                new Text($"{leftover.FileCount}"),
                new Text(Quantity.Age(DateTimeOffset.UtcNow - leftover.LastChange)),
                new Text(leftover.RootProcessId is { } root ? $"pid {root}" : "-"),
                State(leftover, isDryRun));
        }

        output.Text.Write(table);
        var done = leftovers.Where(static leftover => leftover.Error is null).ToList();
        output.WriteLine();
        output.WriteLine($"{Quantity.Bytes(done.Sum(static leftover => leftover.Bytes))} in {done.Count} "
            + $"{(done.Count == 1 ? "directory" : "directories")} {(isDryRun ? "would be removed" : "removed")}.");
    }

    private static Text State(ProgramLeftover leftover, bool isDryRun)
    {
        var survivors = leftover.SurvivingProcessIds is { Count: > 0 } processes
            ? $"; {(isDryRun ? "kills" : "killed")} {string.Join(", ", processes)}"
            : "";
        return leftover.Error is { } error ? new Text($"failed: {error}", new Style(Color.Red))
            : isDryRun ? new Text($"to remove{survivors}")
            : new Text($"removed{survivors}", new Style(Color.Green));
    }

    private static void WriteJson(Utf8JsonWriter json, IReadOnlyList<ProgramLeftover> leftovers, bool isDryRun)
    {
        json.WriteStartObject();
        json.WriteBoolean("dryRun", isDryRun);
        json.WriteStartArray("leftovers");
        foreach (var leftover in leftovers)
        {
            json.WriteStartObject();
            json.WriteString("path", leftover.Path);
            json.WriteString("kind", JsonNamingPolicy.CamelCase.ConvertName(leftover.Kind.ToString()));
            if (leftover.RootProcessId is { } root)
            {
                json.WriteNumber("rootProcessId", root);
            }
            else
            {
                json.WriteNull("rootProcessId");
            }

            json.WriteStartArray("survivingProcessIds");
            foreach (var survivor in leftover.SurvivingProcessIds)
            {
                json.WriteNumberValue(survivor);
            }

            json.WriteEndArray();
            json.WriteString("lastChange", leftover.LastChange);
            json.WriteNumber("files", leftover.FileCount);
            json.WriteNumber("bytes", leftover.Bytes);
            json.WriteBoolean("isRemoved", !isDryRun && leftover.Error is null);
            json.WriteString("error", leftover.Error);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
