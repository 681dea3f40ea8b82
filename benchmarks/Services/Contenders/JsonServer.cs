using System.Text;
using System.Text.Json;

namespace Services.Contenders;

/// <summary>The child process of <see cref="JsonContender"/>: reads a line, calls, writes a line.</summary>
internal static class JsonServer
{
    public const string Argument = "json-server";

    public static void Run()
    {
        using var input = new StreamReader(Console.OpenStandardInput(), new UTF8Encoding(false));
        using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false));
        while (input.ReadLine() is { } line)
        {
            var request = JsonSerializer.Deserialize(line, JsonContract.Default.JsonRequest)!;
            if (request.Method is "count")
            {
                for (var i = 0; i < request.Number; i++)
                {
                    Write(output, new(request.Id, i, null, More: true));
                }

                Write(output, new(request.Id, 0, null, More: false));
            }
            else
            {
                Write(output, request.Method is "add" ? new(request.Id, request.Number + 1, null, false) : new(request.Id, 0, request.Data, false));
            }

            output.Flush();
        }
    }

    private static void Write(StreamWriter output, JsonReply reply) => output.WriteLine(JsonSerializer.Serialize(reply, JsonContract.Default.JsonReply));
}
