using System.IO.Pipes;

namespace Services.Contenders;

internal enum PipeRequest
{
    Add,
    Echo,
    Count,
}

/// <summary>The header of a request.</summary>
internal static class PipeFrame
{
    public const int HeaderSize = 2 * sizeof(int);

    public static void Write(byte[] header, PipeRequest kind, int number)
    {
        BitConverter.TryWriteBytes(header, (int)kind);
        BitConverter.TryWriteBytes(header.AsSpan(sizeof(int)), number);
    }

    public static (PipeRequest Kind, int Number) Read(byte[] header) => ((PipeRequest)BitConverter.ToInt32(header), BitConverter.ToInt32(header, sizeof(int)));
}

/// <summary>The server process of <see cref="NamedPipeContender"/>: a thread for each client.</summary>
internal static class NamedPipeServer
{
    public const string Argument = "pipe-server";

    public static void Run(string pipe)
    {
        new Thread(() => Accept(pipe)) { IsBackground = true }.Start();
        _ = Console.In.ReadToEnd();
    }

    private static void Accept(string pipe)
    {
        for (var first = true; ; first = false)
        {
            var stream = new NamedPipeServerStream(pipe, PipeDirection.InOut, NamedPipeServerStream.MaxAllowedServerInstances);
            if (first)
            {
                Console.WriteLine("ready");
            }

            stream.WaitForConnection();
            new Thread(() => Serve(stream)) { IsBackground = true }.Start();
        }
    }

    private static void Serve(NamedPipeServerStream stream)
    {
        using (stream)
        {
            var header = new byte[PipeFrame.HeaderSize];
            var number = new byte[sizeof(int)];
            while (stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) == header.Length)
            {
                var (kind, value) = PipeFrame.Read(header);
                switch (kind)
                {
                    case PipeRequest.Add:
                        BitConverter.TryWriteBytes(number, value + 1);
                        stream.Write(number);
                        break;
                    case PipeRequest.Echo:
                        var data = new byte[value];
                        stream.ReadExactly(data);
                        stream.Write(data);
                        break;
                    default:
                        WriteNumbers(stream, value);
                        break;
                }
            }
        }
    }

    private static void WriteNumbers(NamedPipeServerStream stream, int count)
    {
        var block = new byte[1 << 16];
        var length = 0;
        for (var i = 0; i < count; i++)
        {
            BitConverter.TryWriteBytes(block.AsSpan(length), i);
            length += sizeof(int);
            if (length == block.Length || i == count - 1)
            {
                stream.Write(block, 0, length);
                length = 0;
            }
        }
    }
}
