using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Chat.Server;
using Multiprocessing;
using Spectre.Console;

namespace Chat.Script;

/// <summary>
/// Starts the three programs, types a conversation into them, and shows what each of them has seen, side by side. It checks that every program sees
/// every message once, in the order of the server.
/// </summary>
internal sealed class Conversation(string folder)
{
    private const int RedirectedWidth = 200; // lines in a file or a log are not broken
    private static readonly string[] Names = ["server", "Ada", "Monty"];
    private readonly List<Participant> _present = [];
    private readonly List<string> _history = [];
    private readonly Table _table = new Table().Border(TableBorder.Rounded).AddColumns(["typed by", .. Names]);

    /// <summary>Runs the conversation.</summary>
    /// <returns>0 if everything was as promised.</returns>
    public static async Task<int> RunAsync()
    {
        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Width = RedirectedWidth;
            AnsiConsole.Profile.Capabilities.Ansi = false;
        }

        var folder = Directory.CreateTempSubdirectory("chat-"); // of this user alone
        var start = Stopwatch.GetTimestamp();
        try
        {
            await new Conversation(folder.FullName).HoldAsync();
            AnsiConsole.MarkupLine($"[green]Every program has seen the same conversation.[/] {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s");
            return 0;
        }
        catch (Exception exception)
        {
            AnsiConsole.MarkupLine($"[red]Not as promised:[/] {Markup.Escape(exception.ToString())}");
            return 1;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task HoldAsync()
    {
        var python = PythonClient.FindPython();
        await using var server = Participant.StartChat("server", folder, "server");
        var opened = await server.SeesAsync();
        AnsiConsole.WriteLine($"server: {opened}");
        await RefuseWrongKeyAsync();

        _present.Add(server);
        await using var ada = Participant.StartChat("Ada", folder, "client", "Ada");
        await JoinAsync(ada);
        await SayAsync(ada, "Good evening. Is anybody here?");
        if (python is null)
        {
            AnsiConsole.WriteLine("python3 was not found in the PATH: the conversation takes place without Monty.");
            await SayAsync(ada, "Then I talk to myself.");
        }
        else
        {
            await using var monty = Participant.Start("Monty", folder, python, PythonClient.Script, "Monty");
            await JoinAsync(monty);
            await SayAsync(monty, "I am. You are typed, I send bytes.");
            await SayAsync(ada, "And yet we read the same history: “naïve”, 漢字, 🦜.");
            await SayAsync(monty, "That parrot is only resting.");
            await LeaveAsync(monty);
        }

        await SayAsync(ada, "Good night.");
        await LeaveAsync(ada);
        AnsiConsole.Write(_table);
        await CheckHistoryAsync();
        var code = await server.LeaveAsync();
        Expect(code == 0, $"The server has ended with exit code {code}. {await server.ErrorsAsync()}");
    }

    /// <summary>A program with a wrong key gets an error, and the server continues.</summary>
    private async Task RefuseWrongKeyAsync()
    {
        var stranger = Directory.CreateDirectory(Path.Combine(folder, "stranger")).FullName;
        var invitation = Invitation.Read(folder) with { Key = RandomNumberGenerator.GetBytes(Invitation.KeyLength) };
        invitation.Publish(stranger);
        await using var mallory = Participant.StartChat("Mallory", stranger, "client", "Mallory");
        var code = await mallory.EndAsync();
        var errors = (await mallory.ErrorsAsync()).Trim();
        Expect(code == Program.Refused, $"Mallory was not refused, but ended with exit code {code}. {errors}");
        AnsiConsole.WriteLine($"Mallory has another key: {errors}");
    }

    /// <summary>The script is a client, too: it reads the history, which the manager keeps.</summary>
    private async Task CheckHistoryAsync()
    {
        var invitation = Invitation.Read(folder);
        await using var manager = await ManagerClient.ConnectAsync(Invitation.EndPointOf(invitation.Manager), invitation.ClientOptions());
        var history = await manager.List<ChatMessage>(ChatServer.HistoryName).GetValueAsync();
        AnsiConsole.WriteLine($"{manager}: {history.Length} messages in the history");
        Expect(history.Select(message => $"{message}").SequenceEqual(_history), $"The history is {JsonSerializer.Serialize(history)}.");
    }

    private async Task JoinAsync(Participant participant)
    {
        // A newcomer sees the history first, then its own arrival as everyone does.
        _present.Add(participant);
        foreach (var line in _history)
        {
            var seen = await participant.SeesAsync();
            Expect(seen == line, $"{participant.Name} has seen \"{seen}\" of the history instead of \"{line}\".");
        }

        await SpreadAsync("", $"* {participant.Name} has joined");
    }

    private async Task SayAsync(Participant speaker, string text)
    {
        speaker.Type(text);
        await SpreadAsync(speaker.Name, $"{speaker.Name}: {text}");
    }

    private async Task LeaveAsync(Participant participant)
    {
        _present.Remove(participant);
        var code = await participant.LeaveAsync();
        Expect(code == 0, $"{participant.Name} has ended with exit code {code}. {await participant.ErrorsAsync()}");
        await SpreadAsync("", $"* {participant.Name} has left");
    }

    private async Task SpreadAsync(string speaker, string line)
    {
        _history.Add(line);
        var seen = new Dictionary<string, string>();
        foreach (var participant in _present)
        {
            seen[participant.Name] = await participant.SeesAsync();
        }

        _table.AddRow([Markup.Escape(speaker), .. Names.Select(name => Markup.Escape(seen.GetValueOrDefault(name, "")))]);
        Expect(seen.Values.All(text => text == line), $"\"{line}\" was expected everywhere, but {JsonSerializer.Serialize(seen)} was shown.");
    }

    private static void Expect(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new InvalidOperationException(otherwise);
        }
    }
}
