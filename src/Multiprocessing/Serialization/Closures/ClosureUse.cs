using System.Reflection;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>Which fields of closures the body of a delegate reads, found in its IL, because the compiler puts unrelated variables into one closure.</summary>
/// <remarks>
/// Fields of closures are private to the method they were made for, so whoever reads them names them by token. Followed are, from the delegate's method on, every
/// method that the compiler made (nested lambdas, local functions, other methods of closures) and the state machines of async and iterator bodies.
/// What cannot be understood makes the answer "all of them".
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

    /// <summary>This use and no other.</summary>
    public ClosureUse[] Alone { get; }

    /// <summary>The methods that the body consists of: its own and those that the compiler made for it. Empty if they are not known.</summary>
    public MethodBase[] Methods { get; }

    public static ClosureUse Of(MethodInfo body) => Known.Find(body) ?? Known.Add(body, Analyze(body));

    /// <summary>Says once that the body changes captured variables, which here stay as they are.</summary>
    public void WarnOfAssignments(MethodInfo body)
    {
        if (Volatile.Read(ref _warned) == 0 && Interlocked.Exchange(ref _warned, 1) == 0 && IsCompilerMade(body) && AssignmentsOf() is { Count: > 0 } names)
        {
            MultiprocessingLogging.CapturedAssigned(EnclosingOf(body), string.Join(", ", names));
        }
    }

    /// <summary>The captured variables that the body changes.</summary>
    internal IReadOnlyList<string> AssignmentsOf()
    {
        try
        {
            return CapturedAssignments.Of(Methods);
        }
        catch (Exception error) when (error is ArgumentException or BadImageFormatException or IOException or TypeLoadException or MissingMemberException or InvalidOperationException or NotSupportedException or InvalidCastException)
        {
            return []; // IL that cannot be understood, such as a call into an assembly that was not deployed: nothing is known of it, so nothing is said
        }
    }

    /// <summary>The method in whose source the lambda stands.</summary>
    private static string EnclosingOf(MethodInfo body)
    {
        var owner = body.DeclaringType;
        while (owner is { Name: ['<', ..], DeclaringType: { } outer })
        {
            owner = outer;
        }

        var end = body.Name.IndexOf('>', StringComparison.Ordinal);
        var name = end > 1 ? body.Name[1..end] : body.Name;
        return owner is null ? name : $"{TypeText.Of(owner)}.{(name == "<Main>$" ? "Main" : name.TrimStart('<'))}";
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
        catch (Exception error) when (error is ArgumentException or BadImageFormatException or IOException or TypeLoadException or MissingMemberException or InvalidOperationException or NotSupportedException)
        {
            // A token that does not resolve, such as a call into an assembly that was not deployed: the body may still run well, so everything it could read goes along.
            return All;
        }

        return new ClosureUse(read, [.. methods]);
    }

    private static bool Scan(MethodBase method, HashSet<MemberInfo> read, HashSet<MemberInfo> seen, Stack<MethodBase> pending)
    {
        if (method.GetMethodBody()?.GetILAsByteArray() is not { } code)
        {
            return method.IsAbstract;
        }

        var typeArguments = method.DeclaringType is { IsGenericType: true } declaring ? declaring.GetGenericArguments() : null;
        var methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        var tokens = new IlTokens(code);
        while (tokens.MoveNext())
        {
            switch (tokens.Instruction)
            {
                case 0x7B or 0x7C: // ldfld, ldflda
                    AddField(method.Module.ResolveField(tokens.Token, typeArguments, methodArguments), read);
                    break;
                case 0x27 or 0x28 or 0x6F or 0x73 or 0xFE06 or 0xFE07: // jmp, call, callvirt, newobj, ldftn, ldvirtftn
                    if (method.Module.ResolveMethod(tokens.Token, typeArguments, methodArguments) is { } callee && IsCompilerMade(callee))
                    {
                        Follow(callee, seen, pending);
                    }

                    break;
                case 0xD0: // ldtoken: an expression tree names the fields and methods that it will use
                    switch (method.Module.ResolveMember(tokens.Token, typeArguments, methodArguments))
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

    /// <summary>The member without type arguments: what is read is the same for all of them.</summary>
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
        foreach (var step in stateMachine.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
        {
            if (seen.Add(Definition(step)))
            {
                pending.Push(step);
            }
        }
    }
}
