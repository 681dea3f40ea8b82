using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Multiprocessing.Tool.Programs;

namespace Multiprocessing.Tool.Commands;

/// <summary>Options and arguments that several commands have.</summary>
internal static class CommonOptions
{
    /// <summary>Every command has it.</summary>
    public static readonly Option<bool> Json = new("--json") { Description = "Write JSON for programs.", Recursive = true };

    /// <summary>Creates an option with a number of seconds.</summary>
    public static Option<double> Seconds(string name, string alias, double byDefault, double least, double most, string description)
    {
        var seconds = new Option<double>(name, alias) { Description = description, DefaultValueFactory = _ => byDefault, HelpName = "seconds" };
        seconds.Validators.Add(Between(name, least, most));
        return seconds;
    }

    /// <summary>Creates an option with a number of seconds, whose default value is that of the program that gets it.</summary>
    public static Option<double?> Seconds(string name, double least, double most, string description)
    {
        var seconds = new Option<double?>(name) { Description = description, HelpName = "seconds" };
        seconds.Validators.Add(Between(name, least, most));
        return seconds;
    }

    /// <summary>Creates an option with a number of 1 or more, whose default value is that of the program that gets it.</summary>
    public static Option<int?> Count(string name, string unit, string description)
    {
        var count = new Option<int?>(name) { Description = description, HelpName = unit };
        count.Validators.Add(result =>
        {
            // A text that is no number is the parser's error.
            if (int.TryParse(result.Tokens.FirstOrDefault()?.Value, out var number) && number < 1)
            {
                result.AddError($"{name} must be 1 or more.");
            }
        });
        return count;
    }

    /// <summary>Creates the argument that names a program.</summary>
    public static Argument<string?> Program()
    {
        var program = new Argument<string?>("program")
        {
            Description = "The pid of any process of the program, or its name or a part of it. Not needed if only one program runs.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        program.CompletionSources.Add(static _ => ProgramChoice.Pids());
        return program;
    }

    /// <summary>Creates the argument that names a process.</summary>
    public static Argument<int> Process(string description)
    {
        var process = new Argument<int>("pid") { Description = description };
        process.Validators.Add(static result =>
        {
            // A text that is no number is the parser's error.
            if (int.TryParse(result.Tokens.FirstOrDefault()?.Value, out var number) && number < 1)
            {
                result.AddError("A pid is a number of 1 or more.");
            }
        });
        process.CompletionSources.Add(static _ => ProgramChoice.ProcessIds());
        return process;
    }

    private static Action<OptionResult> Between(string name, double least, double most) => result =>
    {
        if (double.TryParse(result.Tokens.FirstOrDefault()?.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && !(number >= least && number <= most))
        {
            result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} must be between {least} and {most} seconds."));
        }
    };
}
