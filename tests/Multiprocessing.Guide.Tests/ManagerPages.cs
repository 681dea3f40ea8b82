using System.Net;
using System.Text;
using Multiprocessing.Guide.Tests.Examples;
using Shouldly;
using Xunit;

namespace Multiprocessing.Guide.Tests;

/// <summary>The code of docs/guide/managers.md.</summary>
public class ManagerPages
{
    [Fact]
    public async Task A_dictionary_of_several_processes()
    {
        #region manager-first
        await using var manager = await ProcessManager.StartAsync();
        using var scores = manager.Dictionary<string, int>();
        using var first = ChildProcess.Run(Count, scores);
        using var second = ChildProcess.Run(Count, scores);
        first.Wait();
        second.Wait();
        Console.WriteLine(scores["n"]); // 200

        static void Count(IManagedDictionary<string, int> scores)
        {
            for (var i = 0; i < 100; i++)
            {
                scores.AddOrUpdate("n", 1, n => n + 1);
            }
        }
        #endregion
        scores["n"].ShouldBe(200);
    }

    [Fact]
    public void Values_are_copies()
    {
        #region manager-copies
        using var manager = ProcessManager.Start();
        using var files = manager.Dictionary<string, List<string>>();
        files["images"] = ["cat.png"];
        files["images"].Add("dog.png");                                  // changes a copy
        files.Update("images", list => [.. list, "dog.png"]);            // changes the value
        using var nested = manager.Dictionary<string, IManagedList<string>>();
        nested["images"] = manager.List(["cat.png"]);
        nested["images"].Add("dog.png");                                 // changes the list in the manager
        #endregion
        files["images"].Count.ShouldBe(2);
        nested["images"].Count.ShouldBe(2);
    }

    [Fact]
    public async Task An_object_of_the_program()
    {
        #region manager-create
        await using var manager = await ProcessManager.StartAsync();
        ICounter counter = manager.Create<ICounter>(() => new Counter(10));
        using var child = ChildProcess.Run(() => counter.Add(5));
        child.Wait();
        int sum = counter.Add(0); // 15
        #endregion
        sum.ShouldBe(15);
    }

    [Fact]
    public async Task Two_programs()
    {
        #region manager-remote
        byte[] key = Encoding.UTF8.GetBytes("a long secret that both programs know");
        var types = new RegisteredTypes().Register<ChatMessage>().Register<DayOfWeek>();

        // One program:
        await using var server = new ManagerServer(new() { Listener = { Key = key }, Types = types });
        server.AddQueue<ChatMessage>("messages");
        server.Add<ICounter>("visitors", new Counter(0));
        server.Start(new IPEndPoint(IPAddress.Loopback, 0));

        // Another program, perhaps on another machine:
        await using var client = await ManagerClient.ConnectAsync(server.LocalEndPoint, new() { Connection = { Key = key }, Types = types });
        using var messages = client.Queue<ChatMessage>("messages");
        await messages.PutAsync(new ChatMessage("Ada", "Hello", DayOfWeek.Monday));
        client.Open<ICounter>("visitors").Add(1);
        #endregion
        messages.Get().From.ShouldBe("Ada");
    }

    public interface ICounter
    {
        int Add(int amount);
    }

    internal sealed class Counter(int start) : ICounter
    {
        private int _count = start;

        public int Add(int amount) => Interlocked.Add(ref _count, amount);
    }
}
