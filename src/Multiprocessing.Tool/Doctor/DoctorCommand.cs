using System.CommandLine;
using Multiprocessing.Tool.Commands;
using Multiprocessing.Tool.Output;

namespace Multiprocessing.Tool.Doctor;

/// <summary><c>mp doctor</c>: is this machine set up?</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var noTrial = new Option<bool>("--no-trial") { Description = "Do not start a child process." };
        var strict = new Option<bool>("--strict") { Description = "Warnings count as problems for the exit code." };
        return new Command("doctor", "Checks whether this machine is set up, and names the cure of each finding.") { noTrial, strict }.Does(
            (result, output, _) => Task.FromResult(Run(output, !result.GetValue(noTrial), result.GetValue(strict))));
    }

    private static int Run(CommandOutput output, bool hasTrial, bool isStrict)
    {
        var findings = Checkup.Run(Machine.This, new Disk(), hasTrial);
        if (output.IsJson)
        {
            output.WriteJson(json => DoctorReport.WriteJson(json, findings));
        }
        else
        {
            DoctorReport.Write(output, findings);
        }

        var worst = findings.Max(static finding => finding.Severity);
        return worst >= (isStrict ? Severity.Warning : Severity.Problem) ? ExitCodes.ProblemsFound : ExitCodes.Success;
    }
}
