namespace Multiprocessing.Steps;

internal enum CommandKind
{
    Open,
    Put,
    TakeAll,
    TakeOneWaiting,
    Close,
}

/// <summary>What the parent asks the other survivor to do.</summary>
internal sealed record Command(CommandKind Kind, ProcessQueue<Message>? Queue = null, int Producer = 0, int First = 0, int Count = 0, int Size = 0);

/// <summary>What came of it.</summary>
internal sealed record Reply(Entry[] Taken, string? Failure);

/// <summary>A child that lives as long as the program and has every queue under test beside its parent: it must not notice who dies.</summary>
internal sealed class Helper : IDisposable
{
    private readonly ProcessQueue<Command> _commands = new();
    private readonly ProcessQueue<Reply> _replies = new();
    private readonly ChildProcess _child;

    public Helper() => _child = ChildProcess.Run(Serve, _commands, _replies);

    /// <summary>What it talks through, whose rings come and go.</summary>
    public int[] Segments => [_commands.Core.Segment.Id.Index, _replies.Core.Segment.Id.Index];

    public void Begin(Command command) => _commands.Put(command);

    public Entry[] End()
    {
        var reply = _replies.Get(TimeSpan.FromSeconds(30));
        return reply.Failure is null ? reply.Taken : throw new InvalidOperationException($"The other survivor failed: {reply.Failure}");
    }

    public Entry[] Do(Command command)
    {
        Begin(command);
        return End();
    }

    public void Dispose()
    {
        _commands.Complete();
        _child.Join();
        _child.Dispose();
        _commands.Dispose();
        _replies.Dispose();
    }

    private static void Serve(ProcessQueue<Command> commands, ProcessQueue<Reply> replies)
    {
        var queue = default(ProcessQueue<Message>);
        foreach (var command in commands.ReadAll())
        {
            var taken = new List<Entry>();
            var failure = default(string);
            try
            {
                queue = command.Queue ?? queue;
                Do(command, queue!, taken);
            }
            catch (Exception exception)
            {
                // The parent throws it, where it is known who died where.
                failure = exception.ToString();
            }

            replies.Put(new Reply([.. taken], failure));
        }
    }

    private static void Do(Command command, ProcessQueue<Message> queue, List<Entry> taken)
    {
        switch (command.Kind)
        {
            case CommandKind.Open:
                break;
            case CommandKind.Put:
                for (var number = command.First; number < command.First + command.Count; number++)
                {
                    queue.Put(Message.Of(command.Producer, number, command.Size), TimeSpan.FromSeconds(20));
                }

                break;
            case CommandKind.TakeAll:
                while (queue.TryGet(out var message))
                {
                    Survivor.Note(queue, message, taken);
                }

                break;
            case CommandKind.TakeOneWaiting:
                Survivor.Note(queue, queue.Get(TimeSpan.FromSeconds(20)), taken);
                break;
            case CommandKind.Close:
                queue.Dispose();
                break;
            default:
                throw new InvalidOperationException($"Nobody has said how to do {command.Kind}.");
        }
    }
}

/// <summary>What both survivors do with what they take.</summary>
internal static class Survivor
{
    public static void Note(ProcessQueue<Message> queue, Message message, List<Entry> taken)
    {
        taken.Add(new Entry(message.Producer, message.IsWhole ? message.Number : -1));
        message.Handle?.Dispose();
        queue.MarkDone();
    }
}
