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

        var all = ProgramMonitor.FindAll();
        var fitting = text is null ? all : [.. all.Where(program => program.Name.Contains(text, StringComparison.OrdinalIgnoreCase))];

        // A program of exactly this name is meant, whatever other names contain it.
        if (text is not null && fitting.Count > 1 && fitting.Count(program => program.Name.Equals(text, StringComparison.OrdinalIgnoreCase)) == 1)
        {
            fitting = [.. fitting.Where(program => program.Name.Equals(text, StringComparison.OrdinalIgnoreCase))];
        }

        return fitting.Count switch
        {
            1 => Open(fitting[0].ProcessId),
            0 when text is null => throw new CommandException(ExitCodes.NotFound, "No program of this user that uses Multiprocessing runs."),
            0 => throw new CommandException(ExitCodes.NotFound, $"No running program has '{text}' in its name. 'mp ps' lists them."),
            _ => throw new CommandException(ExitCodes.WrongUsage, $"{fitting.Count} programs "
                + $"{(text is null ? "run" : $"have '{text}' in their names")}: name one by its pid. "
                + string.Join(", ", fitting.Select(static program => $"{program.Name} ({program.ProcessId})"))),
        };
    }

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
