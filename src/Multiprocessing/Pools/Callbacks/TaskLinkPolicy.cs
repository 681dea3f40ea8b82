namespace Multiprocessing;

/// <summary>In messages to a task of a pool, an object that reports or logs crosses as a link: the task calls it in this process.</summary>
internal sealed class TaskLinkPolicy : LinkPolicy
{
    private readonly ObjectTable<LinkCodec> _codecs = new();

    private TaskLinkPolicy()
    {
    }

    public static TaskLinkPolicy Instance { get; } = new();

    public override bool IsForTasks => true;

    public override ObjectCodec? CodecOf(Type type) => _codecs.Find(type) ?? (ProxyOf(type) is { } proxy ? _codecs.Add(type, Create(proxy)) : null);

    public override void BeforeCopy(Type type, Type reportsBy) => throw new CannotCrossException(Refusals.OfLinked(type, reportsBy), type);

    private static LinkCodec Create(Type proxy) => (LinkCodec)proxy.GetMethod(nameof(ProgressProxy<int>.CreateLinkCodec))!.Invoke(null, null)!;

    private static Type? ProxyOf(Type type)
    {
        if (!type.IsConstructedGenericType)
        {
            return type.FullName switch
            {
                "Microsoft.Extensions.Logging.ILogger" => typeof(LoggerProxy),
                "Microsoft.Extensions.Logging.ILoggerFactory" => typeof(LoggerFactoryProxy),
                _ => null,
            };
        }

        var definition = type.GetGenericTypeDefinition();
        return definition == typeof(IProgress<>) || definition == typeof(Progress<>)
            ? typeof(ProgressProxy<>).MakeGenericType(type.GenericTypeArguments)
            : definition.FullName == "Microsoft.Extensions.Logging.ILogger`1" ? typeof(LoggerProxy<>).MakeGenericType(type.GenericTypeArguments)
            : null;
    }
}
