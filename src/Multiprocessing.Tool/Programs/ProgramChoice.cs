using System.Globalization;

namespace Multiprocessing.Tool.Programs;

/// <summary>Finds the program that a command refers to.</summary>
internal static class ProgramChoice
{
    /// <summary>Opens a program.</summary>
    /// <param name="text">
    /// The pid of any of its processes, or its name or a part of it; null for the only program that runs.
    /// </param>
    /// <exception cref="CommandException">There is none, or several fit.</exception>
    public static ProgramMonitor Open(string? text)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var processId))
        {
            return Open(processId);
        }

        var fitting = Find(text);
        return fitting.Count switch
        {
            1 => Open(fitting[0].ProcessId),
            0 => throw Missing(text),
            _ => throw new CommandException(ExitCodes.WrongUsage, $"{fitting.Count} programs "
                + $"{(text is null ? "run" : $"have '{text}' in their names")}: name one by its pid."
                + string.Concat(fitting.Select(static program => $"{Environment.NewLine}  {program.ProcessId}  {program.Name}"))),
        };
    }

    /// <summary>Opens a program. If several fit, the user chooses one from a list on the terminal.</summary>
    /// <param name="text">As for <see cref="Open(string?)"/>.</param>
    /// <param name="cancellationToken">Ends the choice.</param>
    /// <returns>Null if the user has chosen none.</returns>
    /// <exception cref="CommandException">There is none.</exception>
    public static async Task<ProgramMonitor?> OpenOrAskAsync(string? text, CancellationToken cancellationToken)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _) || Find(text).Count < 2)
        {
            return Open(text);
        }

        return await new ProgramList(() => Find(text)).ChooseAsync(cancellationToken) switch
        {
            { HasEnded: true } => throw Missing(text),
            { ProcessId: { } chosen } => Open(chosen),
            _ => null,
        };
    }

    private static IReadOnlyList<RunningProgram> Find(string? text)
    {
        var all = ProgramMonitor.FindAll();
        if (text is null)
        {
            return all;
        }

        // A program of exactly this name is meant, whatever other names contain it.
        RunningProgram[] exact = [.. all.Where(program => program.Name.Equals(text, StringComparison.OrdinalIgnoreCase))];
        return exact.Length == 1 ? exact : [.. all.Where(program => program.Name.Contains(text, StringComparison.OrdinalIgnoreCase))];
    }

    private static CommandException Missing(string? text) => new(ExitCodes.NotFound, text is null
        ? "No program of this user that uses Multiprocessing runs."
        : $"No running program has '{text}' in its name. 'mp ps' lists them.");

    public static ProgramMonitor Open(int processId)
    {
        try
        {
            return ProgramMonitor.Open(processId);
        }
        catch (ProgramNotFoundException exception)
        {
            throw new CommandException(ExitCodes.NotFound, exception.Message);
        }
    }

    /// <summary>Lists the pids of the programs for the completion of a command line.</summary>
    public static IEnumerable<string> Pids() => ProgramMonitor.FindAll().Select(static program => Number(program.ProcessId));

    /// <summary>Lists the pids of all processes of the programs.</summary>
    public static IEnumerable<string> ProcessIds()
    {
        foreach (var program in ProgramMonitor.FindAll())
        {
            IReadOnlyList<ProcessSnapshot> processes;
            try
            {
                using var monitor = ProgramMonitor.Open(program.ProcessId);
                processes = monitor.Read().Processes;
            }
            catch (ProgramNotFoundException)
            {
                continue; // it ended meanwhile
            }

            foreach (var process in processes)
            {
                yield return Number(process.Id);
            }
        }
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
