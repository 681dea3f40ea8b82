using System.Reflection;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// The fields of closures that the body of a delegate reads, found in its IL: the compiler puts unrelated variables into one closure.
/// </summary>
/// <remarks>
/// Only code of the method that a closure was made for reads its fields, and names them by token. The analysis begins with the delegate's method and
/// follows every method that the compiler made (nested lambdas, local functions, other methods of closures) and the state machines of async and
/// iterator bodies. If some IL cannot be analyzed, the result is <see cref="All"/>.
/// </remarks>
internal sealed class ClosureUse
{
    /// <summary>Every field of every closure.</summary>
    public static readonly ClosureUse All = new(null, []);

    private static readonly ObjectTable<ClosureUse> Known = new();

    private readonly HashSet<MemberInfo>? _read;
    private int _warned;

    private ClosureUse(HashSet<MemberInfo>? read, MethodBase[] methods)
    {
        _read = read;
        Methods = methods;
        Alone = [this];
    }

    /// <summary>Gets an array that holds only this use.</summary>
    public ClosureUse[] Alone { get; }

    /// <summary>Gets the methods of the body: its own and those that the compiler made for it. Empty if they are unknown.</summary>
    public MethodBase[] Methods { get; }

    public static ClosureUse Of(MethodInfo body) => Known.Find(body) ?? Known.Add(body, Analyze(body));

    /// <summary>Logs once if the body changes captured variables: they do not change in this process.</summary>
    public void WarnOfAssignments(MethodInfo body)
    {
        if (Volatile.Read(ref _warned) == 0
            && Interlocked.Exchange(ref _warned, 1) == 0
            && IsCompilerMade(body)
            && AssignmentsOf() is { Count: > 0 } names)
        {
            MultiprocessingLogging.CapturedAssigned(EnclosingOf(body), string.Join(", ", names));
        }
    }

    /// <summary>Returns the captured variables that the body changes.</summary>
    internal IReadOnlyList<string> AssignmentsOf()
    {
        try
        {
            return CapturedAssignments.Of(Methods);
        }
        catch (Exception error) when (IsUnresolved(error) || error is InvalidCastException)
        {
            return []; // no warning is better than a wrong one
        }
    }

    /// <summary>A token that does not resolve, such as a call into an assembly that was not deployed.</summary>
    private static bool IsUnresolved(Exception error) =>
        error is ArgumentException or BadImageFormatException or IOException or TypeLoadException or MissingMemberException
            or InvalidOperationException or NotSupportedException;

    /// <summary>Returns the method whose source contains the lambda.</summary>
    private static string EnclosingOf(MethodInfo body)
    {
        var end = body.Name.IndexOf('>', StringComparison.Ordinal);
        var name = end > 1 ? body.Name[1..end] : body.Name;
        return body.DeclaringType is not { } owner
            ? name
            : $"{TypeText.Of(SourceNames.ClassOf(owner))}.{(name == "<Main>$" ? "Main" : name.TrimStart('<'))}";
    }

    public bool Reads(FieldInfo field) => _read is null || _read.Contains(Definition(field));

    private static ClosureUse Analyze(MethodInfo body)
    {
        var read = new HashSet<MemberInfo>();
        var seen = new HashSet<MemberInfo>();
        var pending = new Stack<MethodBase>();
        var methods = new List<MethodBase>();
        Follow(body, seen, pending);
        try
        {
            while (pending.TryPop(out var method))
            {
                methods.Add(method);
                if (!Scan(method, read, seen, pending))
                {
                    return All;
                }
            }
        }
        catch (Exception error) when (IsUnresolved(error))
        {
            return All; // the body may run well all the same, so everything that it could read crosses
        }

        return new ClosureUse(read, [.. methods]);
    }

    private static bool Scan(MethodBase method, HashSet<MemberInfo> read, HashSet<MemberInfo> seen, Stack<MethodBase> pending)
    {
        if (method.GetMethodBody()?.GetILAsByteArray() is not { } code)
        {
            return method.IsAbstract;
        }

        var resolver = MethodTokens.Of(method);
        var tokens = new IlTokens(code);
        while (tokens.MoveNext())
        {
            switch (tokens.Instruction)
            {
                case 0x7B or 0x7C: // ldfld, ldflda
                    AddField(resolver.Resolve(tokens.Token) as FieldInfo, read);
                    break;
                case 0x27 or 0x28 or 0x6F or 0x73 or 0xFE06 or 0xFE07: // jmp, call, callvirt, newobj, ldftn, ldvirtftn
                    if (resolver.Resolve(tokens.Token) is MethodBase callee && IsCompilerMade(callee))
                    {
                        Follow(callee, seen, pending);
                    }

                    break;
                case 0xD0: // ldtoken: an expression tree names the fields and methods that it uses
                    switch (resolver.Resolve(tokens.Token))
                    {
                        case FieldInfo field:
                            AddField(field, read);
                            break;
                        case MethodBase named when IsCompilerMade(named):
                            Follow(named, seen, pending);
                            break;
                    }

                    break;
            }
        }

        return !tokens.IsBroken;
    }

    private static void AddField(FieldInfo? field, HashSet<MemberInfo> read)
    {
        if (field is { DeclaringType: { } owner } && ClosureCodec.IsClosure(owner))
        {
            read.Add(Definition(field));
        }
    }

    /// <summary>Returns the member without type arguments, which make no difference for what is read.</summary>
    private static MemberInfo Definition(MemberInfo member) =>
        member.DeclaringType is { IsConstructedGenericType: true } || member is MethodInfo { IsGenericMethod: true }
            ? member.Module.ResolveMember(member.MetadataToken)!
            : member;

    private static bool IsCompilerMade(MethodBase method) => method.Name.StartsWith('<') || method.DeclaringType?.Name.StartsWith('<') == true;

    private static void Follow(MethodBase method, HashSet<MemberInfo> seen, Stack<MethodBase> pending)
    {
        if (!seen.Add(Definition(method)))
        {
            return;
        }

        pending.Push(method);
        if (method.GetCustomAttribute<StateMachineAttribute>() is { } attribute)
        {
            FollowAll(attribute.StateMachineType, seen, pending);
        }
        else if (method.IsConstructor && method.DeclaringType is { } made && ClosureCodec.IsStateMachine(made))
        {
            FollowAll(made, seen, pending);
        }
    }

    private static void FollowAll(Type stateMachine, HashSet<MemberInfo> seen, Stack<MethodBase> pending)
    {
        const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        foreach (var step in stateMachine.GetMethods(Declared))
        {
            if (seen.Add(Definition(step)))
            {
                pending.Push(step);
            }
        }
    }
}
