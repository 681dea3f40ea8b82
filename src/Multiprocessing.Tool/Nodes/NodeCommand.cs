using System.CommandLine;
using Multiprocessing.Tool.Commands;

namespace Multiprocessing.Tool.Nodes;

/// <summary><c>mp node PROGRAM</c>: makes this machine a node of a cluster, with the assemblies of a published program.</summary>
internal static class NodeCommand
{
    public const string Name = "node";

    private const double DefaultGrace = 10;

    public static Command Create()
    {
        var program = new Argument<string>("program")
        {
            Description = "The published program, or the directory in which it is. Its Main does not run.",
        };
        var cluster = new Option<string>("--cluster", "-c") { Description = "The cluster.", DefaultValueFactory = _ => "multiprocessing" };
        var name = new Option<string?>("--name") { Description = "The name of the node in errors." };
        var workers = new Option<int?>("--workers", "-w")
        {
            Description = "The maximum number of worker processes. The number of processors by default.",
        };
        var tags = new Option<string[]>("--tag", "-t") { Description = "A tag by which callers select nodes. Can be repeated." };
        var grace = CommonOptions.Seconds("--grace", "-g", DefaultGrace, 0, 86_400, "How long tasks have to end when the node ends.");
        var member = new MemberOptions();
        var command = new Command(Name, "Makes this machine a node, which runs tasks of a published program for its cluster, until Ctrl-C. "
            + "'@FILE' reads further arguments from a file, one in each line, such as a connection string with a password.")
        {
            program, cluster, name, workers, tags, grace,
        };
        member.AddTo(command);
        command.Validators.Add(member.Validate);
        return command.Does((result, output, cancellationToken) => NodeProcess.RunAsync(
            ProgramFiles.Find(result.GetValue(program)!),
            member.Of(result, new NodeSettings
            {
                Cluster = result.GetValue(cluster)!,
                Name = result.GetValue(name),
                Workers = result.GetValue(workers),
                Tags = result.GetValue(tags) ?? [],
                LeaveGrace = result.GetValue(grace),
                IsJson = output.IsJson,
            }),
            cancellationToken));
    }
}
