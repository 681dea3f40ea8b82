using System.CommandLine;
using System.Net;
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
        var postgres = new Option<string?>("--postgres")
        {
            Description = "Members find each other in this database (a connection string of Npgsql).",
        };
        var redis = new Option<string?>("--redis")
        {
            Description = "Members find each other in this server (a configuration of StackExchange.Redis).",
        };
        var localhost = new Option<bool>("--localhost") { Description = "All members are programs of this user on this machine." };
        var address = Address("--address", "The address at which the other members reach this one.");
        var listen = Address("--listen", "The address at which the node listens, if it is another one.");
        var port = new Option<int>("--port", "-p") { Description = "The port at which the node listens; a free one by default.", HelpName = "port" };
        var certificate = new Option<string?>("--certificate") { Description = "The file of the node's certificate (PEM).", HelpName = "file" };
        var key = new Option<string?>("--key") { Description = "The file of its private key (PEM).", HelpName = "file" };
        var authority = new Option<string?>("--authority") { Description = "The file of the members' authorities (PEM).", HelpName = "file" };
        var peerName = new Option<string?>("--peer-name") { Description = "The DNS name that each member's certificate must have." };
        var command = new Command(Name, "Makes this machine a node, which runs tasks of a published program for its cluster, until Ctrl-C. "
            + "'@FILE' reads further arguments from a file, one in each line, such as a connection string with a password.")
        {
            program, cluster, name, workers, tags, grace, postgres, redis, localhost, address, listen, port, certificate, key, authority, peerName,
        };
        command.Validators.Add(result =>
        {
            var stores = (result.GetValue(postgres) is null ? 0 : 1)
                + (result.GetValue(redis) is null ? 0 : 1) + (result.GetValue(localhost) ? 1 : 0);
            if (stores != 1)
            {
                result.AddError("One of --postgres, --redis and --localhost is required.");
            }

            var files = new[] { certificate, key, authority }.Count(option => result.GetValue(option) is not null);
            if (files is not (0 or 3))
            {
                result.AddError("--certificate, --key and --authority belong together.");
            }
        });
        return command.Does((result, output, cancellationToken) => NodeProcess.RunAsync(
            ProgramFiles.Find(result.GetValue(program)!),
            new NodeSettings
            {
                Cluster = result.GetValue(cluster)!,
                Name = result.GetValue(name),
                Workers = result.GetValue(workers),
                Tags = result.GetValue(tags) ?? [],
                LeaveGrace = result.GetValue(grace),
                Postgres = result.GetValue(postgres),
                Redis = result.GetValue(redis),
                Localhost = result.GetValue(localhost),
                Address = result.GetValue(address),
                Listen = result.GetValue(listen),
                Port = result.GetValue(port),
                Certificate = FullPath(result.GetValue(certificate)),
                Key = FullPath(result.GetValue(key)),
                Authority = FullPath(result.GetValue(authority)),
                PeerName = result.GetValue(peerName),
                IsJson = output.IsJson,
            },
            cancellationToken));
    }

    private static string? FullPath(string? path) => path is null ? null : Path.GetFullPath(path);

    private static Option<string?> Address(string name, string description)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = "IP address" };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !IPAddress.TryParse(token.Value, out _))
            {
                result.AddError($"{name}: '{token.Value}' is no IP address.");
            }
        });
        return option;
    }
}
