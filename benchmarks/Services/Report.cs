using System.Text;

namespace Services;

/// <summary>Writes <c>service-benchmarks.md</c>: into the documentation, or of a quick run into the artifacts.</summary>
internal static class Report
{
    private const string Page = "service-benchmarks.md";

    public static void Write(IReadOnlyList<Row> rows, IReadOnlyList<string> contenders, IReadOnlyList<string> summaries, string circumstances, Settings settings)
    {
        if (settings is { Quick: true, Force: false })
        {
            Console.WriteLine($"Not written: docs/internals/{Page}, because the run was quick. --force writes it nevertheless.");
        }

        Pages.Write(Page, Markdown(rows, contenders, summaries, circumstances, settings), whole: !settings.Quick || settings.Force);
    }

    private static string Markdown(IReadOnlyList<Row> rows, IReadOnlyList<string> contenders, IReadOnlyList<string> summaries, string circumstances, Settings settings)
    {
        var text = new StringBuilder();
        text.AppendLine("# Benchmarks of services");
        text.AppendLine();
        text.AppendLine("Calls into another process: by this library, by gRPC of ASP.NET Core over a unix socket, by StreamJsonRpc and by frames of bytes over named pipes of .NET, by lines of JSON over a child's redirected streams, and by CPython's `Manager` and `Pipe`.");
        text.AppendLine("The bound is a task of the same process behind a `Channel<T>` of .NET: it copies nothing.");
        text.AppendLine($"All run on one machine in the same run and take turns. A figure is the median of {settings.Rounds} turns (in brackets the least). A ratio is the median of the ratios within one round.");
        text.AppendLine();
        text.AppendLine($"Machine: {circumstances}{(settings.Quick ? " A quick run: shorter and fewer turns." : "")}");
        text.AppendLine();
        text.AppendLine(Columns.AsMarkdown(Tables.Figures(rows, contenders)));
        text.AppendLine();
        text.AppendLine("How many times longer the others take:");
        text.AppendLine();
        text.AppendLine(Columns.AsMarkdown(Tables.Ratios(rows)));
        text.AppendLine();
        text.AppendLine("Aims:");
        text.AppendLine();
        text.AppendLine(Columns.AsMarkdown(Tables.Aims(rows)));
        text.AppendLine();
        text.AppendLine(string.Join("\n\n", summaries));
        text.AppendLine();
        text.AppendLine(Explanation(settings));
        return text.ToString();
    }

    private static string Explanation(Settings settings) =>
        $"""
        ## What is measured

        | case | work of one call |
        |---|---|
        | `call`, `await` | a number there, the number plus one back; the caller blocks, or awaits. A manager gets a number from a dictionary. |
        | `pipelined` | the same, with 256 calls of all clients together on their way. CPython's `Pipe` sends a window and then receives it. |
        | `64b`, `100b`, `1m` | an array of bytes there and back. |
        | `stream` | one call that yields {settings.StreamItems:#,0} numbers; the figure is for each item. |
        | `restart` | from the start to the first reply, and from the kill of the service's process to the next served call; a spare process stands ready. |
        | `kills` | the service's process is killed {settings.Kills:#,0} times under load; each call ends with a result or the exception of a death, and nothing is left. |

        The figure is the elapsed time divided by the number of calls of all clients together.
        A client is a thread (or an asynchronous flow) of the calling process; CPython's clients are processes, because its threads run one at a time.
        Clients of gRPC, of StreamJsonRpc, of the manager's socket, of the pipes and of the channels have a connection of their own. Clients of a service and of the JSON lines share one channel.
        StreamJsonRpc has MessagePack and length headers, and sends at least 256 items of a stream in one message. The named pipe's stream of numbers is written in blocks of 64 KiB.
        gRPC's messages are bare numbers and bytes without Protocol Buffers. The JSON lines are written and read by generated `System.Text.Json` code.

        To measure again, on an idle machine (`--quick` for less work, `--only call` for the cases of a name, `--with service,gRPC` for some contenders, `--kills 100`; a run with one of the first three does not write this page):

        ```
        dotnet run -c Release --project benchmarks/Services
        ```
        """;
}
