using System.IO.Pipelines;
using Shouldly;
using Xunit;

namespace Multiprocessing.Guide.Tests;

/// <summary>The code of docs/guide/pipes-and-connections.md about pipes.</summary>
public class Pipes
{
    [Fact]
    public void A_child_answers_questions()
    {
        #region pipe-first
        var (here, there) = ProcessPipe.Create();
        using (here)
        {
            using var child = ChildProcess.Run(static connection =>
            {
                foreach (string question in connection.ReadAll<string>()) // ends when the parent disposes its end
                {
                    connection.Send(question.ToUpperInvariant());
                }
            }, there);
            here.Send("hello");
            Console.WriteLine(here.Receive<string>()); // HELLO
        }
        #endregion
        there.Dispose();
    }

    [Fact]
    public void Bytes_are_messages_too()
    {
        #region pipe-bytes
        var (receiver, sender) = ProcessPipe.CreateOneWay(new() { MaxBytes = 1 << 20 });
        sender.SendBytes([1, 2, 3]);
        sender.SendBytes(new byte[100], timeout: TimeSpan.FromSeconds(1)); // waits at most so long for room
        byte[] message = receiver.ReceiveBytes(maxLength: 1_000);          // 3 bytes: the borders of messages are kept
        var buffer = new byte[4_096];
        int length = receiver.ReceiveBytesInto(buffer);                    // 100, nothing is allocated
        #endregion
        (message.Length, length).ShouldBe((3, 100));
        receiver.Dispose();
        sender.Dispose();
    }

    [Fact]
    public void The_end_of_the_other_side_is_seen()
    {
        #region pipe-end
        var (here, there) = ProcessPipe.Create();
        using var child = ChildProcess.Run(() =>
        {
            there.Send(1);
            Environment.Exit(3);
        });
        Console.WriteLine(here.Receive<int>()); // 1: what was sent is received
        try
        {
            here.Receive<int>();
        }
        catch (ConnectionClosedException exception)
        {
            Console.WriteLine(exception.Message); // ... process 4711 has ended: exit code 3
        }
        #endregion
        here.Dispose();
        there.Dispose();
    }

    [Fact]
    public void Connections_travel()
    {
        #region pipe-travel
        var (control, childsControl) = ProcessPipe.Create();
        using var worker = ChildProcess.Run(static control =>
        {
            foreach (Connection client in control.ReadAll<Connection>())
            {
                using (client)
                {
                    client.Send(client.Receive<int>() * 2);
                }
            }
        }, childsControl);
        var (mine, theirs) = ProcessPipe.Create();
        control.Send(theirs); // the worker and this process now talk over a pipe of their own
        mine.Send(21);
        Console.WriteLine(mine.Receive<int>()); // 42
        #endregion
        foreach (var connection in new[] { control, childsControl, mine, theirs })
        {
            connection.Dispose();
        }
    }

    [Fact]
    public async Task A_connection_is_a_stream_and_a_duplex_pipe()
    {
        #region pipe-stream
        var (receiver, sender) = ProcessPipe.CreateOneWay();
        using var child = ChildProcess.Run(static connection =>
        {
            using var writer = new StreamWriter(connection.AsStream());
            writer.WriteLine("a line");
            writer.WriteLine("another line");
        }, sender);
        using var reader = new StreamReader(receiver.AsStream());
        string text = await reader.ReadToEndAsync(); // ends with the child
        #endregion
        text.ShouldContain("another line");
        sender.Dispose();
        var (one, two) = ProcessPipe.Create();
        IDuplexPipe pipe = one.AsDuplexPipe();
        await pipe.Output.CompleteAsync();
        await pipe.Input.CompleteAsync();
        two.Dispose();
    }
}
