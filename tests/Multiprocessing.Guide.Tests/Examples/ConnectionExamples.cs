using Shouldly;
using Xunit;

namespace Multiprocessing.Guide.Tests.Examples;

/// <summary>Pipes, connections and their exceptions.</summary>
public class ConnectionExamples
{
    [Fact]
    public void Process_pipe()
    {
        #region ProcessPipe
        var (here, there) = ProcessPipe.Create();
        using (here)
        {
            using var child = ChildProcess.Run(() =>
            {
                foreach (string question in there.ReadAll<string>()) // ends when the parent disposes its end
                {
                    there.Send(question.Length);
                }
            });
            here.Send("How long is this?");
            Console.WriteLine(here.Receive<int>()); // 17
        }
        #endregion
        there.Dispose();
    }

    [Fact]
    public void Process_pipe_options()
    {
        #region ProcessPipeOptions
        var options = new ProcessPipeOptions
        {
            MaxBytes = 64L << 20,  // a send waits while 64 MiB were sent and not received
            DisplayName = "pages", // in messages and in the debugger
        };
        var (receiver, sender) = ProcessPipe.CreateOneWay(options);
        #endregion
        sender.ToString().ShouldContain("pages");
        receiver.Dispose();
        sender.Dispose();
    }

    [Fact]
    public void A_connection()
    {
        #region Connection
        var (here, there) = ProcessPipe.Create();
        using var child = ChildProcess.Run(static connection =>
        {
            byte[] header = connection.ReceiveBytes(); // a message of bytes
            connection.Send((header.Length, "ok"));    // a message that is an object
        }, there);
        here.SendBytes([1, 2, 3]);
        (int length, string answer) = here.Receive<(int, string)>(TimeSpan.FromSeconds(30));
        Console.WriteLine($"{length} {answer}"); // 3 ok
        #endregion
        length.ShouldBe(3);
        here.Dispose();
        there.Dispose();
    }

    [Fact]
    public void Connection_closed()
    {
        #region ConnectionClosedException
        var (here, there) = ProcessPipe.Create();
        using var child = ChildProcess.Run(() =>
        {
            there.Send("the only message");
            Environment.FailFast("The native library is broken.");
        });
        Console.WriteLine(here.Receive<string>());
        try
        {
            here.Receive<string>();
        }
        catch (ConnectionClosedException exception)
        {
            Console.WriteLine($"process {exception.ProcessId}: {exception.ExitStatus}"); // how the other side ended
        }
        #endregion
        here.Dispose();
        there.Dispose();
    }

    [Fact]
    public void Message_too_large()
    {
        #region MessageTooLargeException
        var (here, there) = ProcessPipe.Create();
        here.SendBytes(new byte[5_000]);
        try
        {
            there.ReceiveBytes(maxLength: 1_000);
        }
        catch (MessageTooLargeException exception)
        {
            Console.WriteLine(exception.Length);         // 5000: nothing was allocated for it
            there.ReceiveBytes(maxLength: 5_000);        // it is still in the pipe
        }
        #endregion
        there.Poll().ShouldBeFalse();
        here.Dispose();
        there.Dispose();
    }
}
