using System.Diagnostics;

namespace Chat.Script;

/// <summary>The client in Python, chat_client.py beside this program.</summary>
internal static class PythonClient
{
    public static string Script { get; } = Path.Combine(AppContext.BaseDirectory, "chat_client.py");

    /// <summary>Returns the path of python3, or <see langword="null"/>.</summary>
    public static string? FindPython()
    {
        string[] names = OperatingSystem.IsWindows() ? ["python3.exe", "python.exe"] : ["python3"];
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => names.Select(name => Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists);
    }

    /// <summary>Runs the client with the input and output of this program.</summary>
    /// <returns>Its exit code.</returns>
    public static async Task<int> RunAsync(string name, CancellationToken cancellationToken)
    {
        if (FindPython() is not { } python)
        {
            await Console.Error.WriteLineAsync("python3 was not found in the PATH.");
            return 1;
        }

        var start = new ProcessStartInfo(python, [Script, name]);
        start.Environment[Invitation.FolderVariable] = Invitation.Folder;
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{python} was not started.");
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode;
    }
}
