using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Multiprocessing.Tool.Completion;
using Multiprocessing.Tool.Doctor;
using Multiprocessing.Tool.Leftovers;
using Multiprocessing.Tool.Nodes;
using Multiprocessing.Tool.Pages;
using Multiprocessing.Tool.Programs;
using Multiprocessing.Tool.Stacks;
using Multiprocessing.Tool.Top;

namespace Multiprocessing.Tool.Commands;

/// <summary>The command <c>mp</c> with its subcommands.</summary>
internal static class MpCommand
{
    public static RootCommand Create() =>
        new("Looks at running programs that use Multiprocessing: their processes, queues, locks, pools and services.")
        {
            CommonOptions.Json,
            PsCommand.Create(),
            TopCommand.Create(),
            ShowCommand.Create(),
            StackCommand.Create(),
            CancelCommand.Create(),
            KillCommand.Create(),
            DashCommand.Create(),
            ReportCommand.Create(),
            NodeCommand.Create(),
            GcCommand.Create(),
            DoctorCommand.Create(),
            CompletionCommand.Create(),
        };

    /// <summary>Parses and runs a command line.</summary>
    /// <returns>The exit code (<see cref="ExitCodes"/>).</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter error)
    {
        var root = Create();
        foreach (var help in root.Options.OfType<HelpOption>())
        {
            // Forms of Windows, which would be among the completions.
            help.Aliases.Remove("/?");
            help.Aliases.Remove("/h");
        }

        var result = root.Parse(arguments);
        if (result.Errors.Count > 0 && result.Action is ParseErrorAction)
        {
            // A wrong name of a command causes two errors: that there is none, and the name.
            foreach (var found in result.Errors.Skip(result.UnmatchedTokens.Count > 0 ? result.Errors.Count - 1 : 0))
            {
                error.WriteLine($"mp: {found.Message}");
            }

            var command = result.CommandResult.Command;
            error.WriteLine($"'{(command == root ? "mp" : $"mp {command.Name}")} --help' describes the command line.");
            return ExitCodes.WrongUsage;
        }

        var configuration = new InvocationConfiguration { Output = output, Error = error };
        if (result.CommandResult.Command.Name is NodeCommand.Name or DashCommand.Name or ReportCommand.Name)
        {
            // They end in order, with limits of their own: a node waits for its tasks, the pages for their server, a report is written.
            configuration.ProcessTerminationTimeout = Timeout.InfiniteTimeSpan;
        }

        return await result.InvokeAsync(configuration);
    }
}
