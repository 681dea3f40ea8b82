using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Shouldly;
using Xunit;

namespace Multiprocessing.Guide.Tests;

/// <summary>The code of README.md about services, supervisors, managers, pipes and connections.</summary>
public class ReadmeServices
{
    #region readme-service-types
    public interface IConverter
    {
        string Convert(string text);
    }

    public sealed class NativeConverter : IConverter
    {
        public string Convert(string text)
        {
            if (text is "")
            {
                Environment.FailFast("a defect that no catch can handle");
            }

            return text.ToUpperInvariant();
        }
    }
    #endregion

    [Fact]
    public async Task A_service_dies_and_lives()
    {
        #region readme-service
        await using var service = await ProcessService.StartAsync<IConverter>(
            () => new NativeConverter(), new() { CallTimeout = TimeSpan.FromSeconds(20) });
        IConverter converter = service.Proxy;
        Console.WriteLine(converter.Convert("hello"));  // runs in another process
        try
        {
            converter.Convert("");
        }
        catch (ServiceDiedException exception)
        {
            Console.WriteLine(exception.ExitStatus);    // failed fast: that process has died, and this one continues
        }

        Console.WriteLine(converter.Convert("again"));  // a new process, the same proxy
        #endregion
        service.RestartCount.ShouldBe(1);
    }

    [Fact]
    public async Task A_supervisor_keeps_its_children_running()
    {
        #region readme-supervisor
        await using var supervisor = new ProcessSupervisor(new() { MaxRestarts = 10, Period = TimeSpan.FromMinutes(1) });
        IConverter converter = supervisor.AddService<IConverter>("converter", () => new NativeConverter());
        SupervisedPool pool = supervisor.AddPool("pool", () => new ProcessPool(new() { Workers = 2 }));
        await supervisor.WaitStartedAsync();
        Console.WriteLine(supervisor); // the tree: states, process ids, restarts, last deaths
        #endregion
        converter.Convert("a").ShouldBe("A");
    }

    [Fact]
    public async Task A_manager_keeps_objects_for_all()
    {
        #region readme-manager
        await using var manager = await ProcessManager.StartAsync();
        var counts = manager.Dictionary<string, int>();
        await using var pool = new ProcessPool(new() { Workers = 4 });
        await pool.ForEachAsync(["to", "be", "or", "not", "to", "be"], word =>
        {
            counts.AddOrUpdate(word, 1, count => count + 1); // one atomic step in the manager
        });
        Console.WriteLine(counts["to"]); // 2
        #endregion
        counts["be"].ShouldBe(2);
    }

    [Fact]
    public async Task A_pipe_has_two_ends()
    {
        #region readme-pipe
        var (here, there) = ProcessPipe.Create();
        using var child = ChildProcess.Run(pipe =>
        {
            foreach (var text in pipe.ReadAll<string>()) // ends when no process has the other end
            {
                pipe.Send(text.Length);
            }
        }, there);
        here.Send("hello");
        int length = here.Receive<int>();                // 5; if the child dies, ConnectionClosedException with its exit status
        here.Dispose();
        #endregion
        length.ShouldBe(5);
        await child.Completion;
    }

    [Fact]
    public async Task A_listener_serves_other_programs()
    {
        var folder = Directory.CreateTempSubdirectory("readme-");
        var (keyFile, address) = (Path.Combine(folder.FullName, "key"), Path.Combine(folder.FullName, "socket"));
        await File.WriteAllBytesAsync(keyFile, RandomNumberGenerator.GetBytes(32));
        var client = Task.Run(() => AskAsync(keyFile, address));
        #region readme-listener
        byte[] key = await File.ReadAllBytesAsync(keyFile); // never in a command line, which every user can read
        await using var listener = ConnectionListener.Start(
            new UnixDomainSocketEndPoint(address), new() { Key = key, AllowLegacyMd5 = true }); // Python before 3.12 has only MD5
        using Connection connection = await listener.AcceptAsync();
        string question = Encoding.UTF8.GetString(await connection.ReceiveBytesAsync());
        await connection.SendBytesAsync(Encoding.UTF8.GetBytes($"You asked: {question}"));
        #endregion
        (await client).ShouldBe("You asked: why?");
        folder.Delete(recursive: true);
    }

    private static async Task<string> AskAsync(string keyFile, string address)
    {
        while (!File.Exists(address))
        {
            await Task.Delay(10);
        }

        using var connection = await Connection.ConnectAsync(
            new UnixDomainSocketEndPoint(address), new() { Key = await File.ReadAllBytesAsync(keyFile) });
        await connection.SendBytesAsync("why?"u8.ToArray());
        return Encoding.UTF8.GetString(await connection.ReceiveBytesAsync());
    }
}
