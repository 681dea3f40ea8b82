using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using Multiprocessing;

namespace Chat;

/// <summary>
/// What a client needs: two addresses and the key. The server writes it to a file that only its user can read. The key is never in a command line,
/// which every user of the machine can read.
/// </summary>
/// <param name="Manager">The address of the manager.</param>
/// <param name="Gateway">The address for clients that send bytes.</param>
/// <param name="Key">The key, 32 random bytes.</param>
internal sealed record Invitation(string Manager, string Gateway, byte[] Key)
{
    public const string FolderVariable = "CHAT_FOLDER";
    private const string FileName = "invitation.json";
    private const string PipePrefix = @"\\.\pipe\";
    public const int KeyLength = 32;

    /// <summary>Gets the folder of the server and its clients: CHAT_FOLDER, or one of the user.</summary>
    public static string Folder { get; } = Environment.GetEnvironmentVariable(FolderVariable) ?? Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "multiprocessing-chat");

    /// <summary>Makes addresses and a key. Every server has its own.</summary>
    public static Invitation Create()
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(Folder);
        }
        else
        {
            Directory.CreateDirectory(Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return new Invitation(AddressOf("manager"), AddressOf("gateway"), RandomNumberGenerator.GetBytes(KeyLength));
    }

    /// <summary>Writes the file, when both addresses accept connections.</summary>
    public void Publish(string folder)
    {
        Withdraw(folder);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var file = new FileStream(Path.Combine(folder, FileName), options);
        JsonSerializer.Serialize(file, this, ChatJson.Default.Invitation);
    }

    /// <summary>Deletes the file. The key of a server that has ended is worth nothing.</summary>
    public static void Withdraw(string folder) => File.Delete(Path.Combine(folder, FileName));

    /// <exception cref="FileNotFoundException">There is no server.</exception>
    public static Invitation Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            using var file = File.OpenRead(path);
            return JsonSerializer.Deserialize(file, ChatJson.Default.Invitation) ?? throw new InvalidDataException($"{path} is empty.");
        }
        catch (IOException exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FileNotFoundException($"There is no {path}. Start the server first, as the same user.", path, exception);
        }
    }

    /// <summary>Returns what a client of the manager needs besides the address.</summary>
    public ManagerClientOptions ClientOptions() => new() { Connection = { Key = Key }, Types = ChatTypes.Registered };

    /// <summary>Returns the address of a text in an invitation.</summary>
    public static EndPoint EndPointOf(string address) => address.StartsWith(PipePrefix, StringComparison.Ordinal)
        ? new NamedPipeEndPoint(address[PipePrefix.Length..])
        : new UnixDomainSocketEndPoint(address);

    private static string AddressOf(string name) => OperatingSystem.IsWindows()
        ? $"{PipePrefix}multiprocessing-chat-{Environment.ProcessId}-{name}"
        : Path.Combine(Folder, $"{name}.sock");
}
