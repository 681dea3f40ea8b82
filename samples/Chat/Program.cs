using System.CommandLine;
using Chat.Client;
using Chat.Script;
using Chat.Server;
using Multiprocessing;

namespace Chat;

internal static class Program
{
    /// <summary>The exit code of a client that has another key than the server.</summary>
    public const int Refused = 2;

    private static async Task<int> Main(string[] args)
    {
        var name = new Argument<string>("name") { Description = "The name in the chat." };
        var root = new RootCommand("A chat of three programs. Without a command it starts all of them and types a conversation.");
        root.SetAction((_, _) => Conversation.RunAsync());

        var server = new Command("server", "Opens the chat. It ends with its input, or with Ctrl-C.");
        server.SetAction((_, cancellation) => Run(() => ChatServer.RunAsync(cancellation)));
        root.Add(server);

        var client = new Command("client", "Joins the chat by a ManagerClient. Lines of the input are posted; an empty line leaves.") { name };
        client.SetAction((result, cancellation) => Run(() => ChatClient.RunAsync(result.GetRequiredValue(name), cancellation)));
        root.Add(client);

        var python = new Command("python", "Joins the chat by the client in Python.") { name };
        python.SetAction((result, cancellation) => PythonClient.RunAsync(result.GetRequiredValue(name), cancellation));
        root.Add(python);
        return await root.Parse(args).InvokeAsync();
    }

    private static async Task<int> Run(Func<Task> program)
    {
        try
        {
            await program();
            return 0;
        }
        catch (ConnectionAuthenticationException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return Refused;
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 1;
        }
    }
}
