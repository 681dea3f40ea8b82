using System.Reflection;
using System.Reflection.Emit;

namespace Multiprocessing;

/// <summary>
/// Captured variables that a lambda changes, found in its IL: in another process it changes its copy only, which is rarely what was meant. Read once per body, when it first crosses.
/// </summary>
/// <remarks>
/// Found are assignments to captured variables, to fields of captured structs and to members of a captured <c>this</c>; captured variables passed by <c>ref</c> or <c>out</c>; elements stored into captured arrays; and
/// items added to, set in or removed from captured collections. Variables that the body itself declares are not captured, and objects of this library are shared and not copied.
/// </remarks>
internal sealed class CapturedAssignments
{
    private const BindingFlags Everything = BindingFlags.Static | BindingFlags.Public;

    private static readonly Lazy<Dictionary<int, OpCode>> Instructions = new(static () => typeof(OpCodes).GetFields(Everything).Select(static field => (OpCode)field.GetValue(null)!).ToDictionary(static code => (int)(ushort)code.Value));

    private readonly HashSet<Type> _madeInside = [];
    private readonly List<string> _names = [];

    /// <summary>What an asynchronous body keeps over an await, in fields of its state machine.</summary>
    private readonly Dictionary<string, Slot> _kept = [];

    private enum Origin
    {
        Other,

        /// <summary>The value of a captured variable, or of a field of a captured <c>this</c>: a reference leads to what it refers to.</summary>
        Value,

        /// <summary>The address of one, or of a part of it.</summary>
        Address,

        This,
        StateMachine,
    }

    private readonly record struct Slot(Origin Origin, string? Name);

    /// <summary>The variables that the body changes, as the source names them, in the order of the code.</summary>
    public static IReadOnlyList<string> Of(MethodBase[] methods)
    {
        if (!methods.Any(MayAssign))
        {
            return [];
        }

        var found = new CapturedAssignments();
        foreach (var method in methods)
        {
            found.NoteMadeInside(method);
        }

        foreach (var method in methods)
        {
            found.Scan(method);
        }

        return found._names;
    }

    /// <summary>Most bodies only read: they need no closer look.</summary>
    private static bool MayAssign(MethodBase method)
    {
        var tokens = new IlTokens(method.GetMethodBody()?.GetILAsByteArray() ?? []);
        while (tokens.MoveNext())
        {
            switch (tokens.Instruction)
            {
                case 0x7C or 0x7D or 0x8F or 0xA4: // ldflda, stfld, ldelema, stelem
                    return true;
                case 0x28 or 0x6F when Resolve(method, tokens.Token) is MethodBase { Name: { } name } && (IsMutator(name) || name.StartsWith("set_", StringComparison.Ordinal)):
                    return true;
            }
        }

        return method.GetMethodBody()?.GetILAsByteArray() is { } code && HasElementStore(code);
    }

    /// <summary>The short forms of stelem carry no token; a byte that only looks like one costs a closer look.</summary>
    private static bool HasElementStore(byte[] code) => code.AsSpan().ContainsAnyInRange((byte)0x9B, (byte)0xA2);

    private static MemberInfo? Resolve(MethodBase method, int token)
    {
        var typeArguments = method.DeclaringType is { IsGenericType: true } declaring ? declaring.GetGenericArguments() : null;
        return method.Module.ResolveMember(token, typeArguments, method.IsGenericMethod ? method.GetGenericArguments() : null);
    }

    private void NoteMadeInside(MethodBase method)
    {
        var tokens = new IlTokens(method.GetMethodBody()?.GetILAsByteArray() ?? []);
        while (tokens.MoveNext())
        {
            if (tokens.Instruction == 0x73 && Resolve(method, tokens.Token) is { DeclaringType: { } made } && ClosureCodec.IsClosure(made))
            {
                _madeInside.Add(DefinitionOf(made));
            }
        }
    }

    private void Scan(MethodBase method)
    {
        if (method.GetMethodBody() is not { } body || body.GetILAsByteArray() is not { } code)
        {
            return;
        }

        var stack = new Stack<Slot>();
        var locals = new Dictionary<int, Slot>();
        var atTargets = new Dictionary<int, Slot[]>();
        var self = SelfOf(method);
        _kept.Clear();
        var isReachable = true;
        for (var at = 0; at < code.Length;)
        {
            // What a branch brought along counts where the instruction before does not go on: the two sides of a conditional expression.
            if (!isReachable)
            {
                stack = atTargets.TryGetValue(at, out var saved) ? new Stack<Slot>(saved) : new Stack<Slot>();
            }

            var value = code[at] == 0xFE && at + 1 < code.Length ? 0xFE00 | code[at + 1] : code[at];
            if (!Instructions.Value.TryGetValue(value, out var instruction))
            {
                return;
            }

            at += instruction.Size;
            var operand = at;
            at += OperandSize(instruction, code, at);
            if (at > code.Length)
            {
                return;
            }

            Step(method, instruction, value, code, operand, self, stack, locals);
            isReachable = instruction.FlowControl is not (FlowControl.Branch or FlowControl.Return or FlowControl.Throw);
            if (instruction.OperandType is OperandType.InlineBrTarget or OperandType.ShortInlineBrTarget)
            {
                var offset = instruction.OperandType == OperandType.InlineBrTarget ? BitConverter.ToInt32(code, operand) : (sbyte)code[operand];
                var isLeave = value is 0xDD or 0xDE;
                _ = atTargets.TryAdd(at + offset, isLeave ? [] : [.. stack.Reverse()]);
            }
        }
    }

    private static Slot SelfOf(MethodBase method)
    {
        if (method.IsStatic || method.DeclaringType is not { } owner || ClosureCodec.IsClosure(owner) || owner.Name.StartsWith("<>", StringComparison.Ordinal))
        {
            return default;
        }

        return new Slot(owner.Name.StartsWith('<') || owner.Name.StartsWith("VB$StateMachine", StringComparison.Ordinal) ? Origin.StateMachine : Origin.This, null);
    }

    private void Step(MethodBase method, OpCode instruction, int value, byte[] code, int operand, Slot self, Stack<Slot> stack, Dictionary<int, Slot> locals)
    {
        switch (value)
        {
            case 0x02: // ldarg.0
                stack.Push(self);
                return;
            case 0x25: // dup
                var top = Pop(stack);
                stack.Push(top);
                stack.Push(top);
                return;
            case >= 0x06 and <= 0x09 or 0x11 or 0xFE0C: // ldloc
                stack.Push(locals.GetValueOrDefault(LocalOf(value, code, operand, 0x06)));
                return;
            case >= 0x0A and <= 0x0D or 0x13 or 0xFE0E: // stloc
                locals[LocalOf(value, code, operand, 0x0A)] = Pop(stack);
                return;
            case 0x7B or 0x7C: // ldfld, ldflda
                var field = (FieldInfo)Resolve(method, BitConverter.ToInt32(code, operand))!;
                stack.Push(Load(field, Pop(stack), isAddress: value == 0x7C));
                return;
            case 0x7D: // stfld
                var stored = Pop(stack);
                Store((FieldInfo)Resolve(method, BitConverter.ToInt32(code, operand))!, Pop(stack), stored);
                return;
            case 0x74: // castclass
                return;
            case 0x8F: // ldelema
                _ = Pop(stack);
                var elements = Pop(stack);
                stack.Push(elements.Origin == Origin.Value ? elements with { Origin = Origin.Address } : default);
                return;
            case >= 0x9B and <= 0xA2 or 0xA4: // stelem
                _ = Pop(stack);
                _ = Pop(stack);
                if (Pop(stack) is { Origin: Origin.Value } array)
                {
                    Add(array.Name);
                }

                return;
            case >= 0x51 and <= 0x57 or 0xDF or 0x81 or 0x70: // stind, stobj, cpobj
                _ = Pop(stack);
                if (Pop(stack) is { Origin: Origin.Address } target)
                {
                    Add(target.Name);
                }

                return;
            case 0xFE15: // initobj
                if (Pop(stack) is { Origin: Origin.Address } cleared)
                {
                    Add(cleared.Name);
                }

                return;
            case 0x28 or 0x6F or 0x73: // call, callvirt, newobj
                if (Resolve(method, BitConverter.ToInt32(code, operand)) is MethodBase callee)
                {
                    Call(callee, isNew: value == 0x73, stack);
                }

                return;
            case 0x2A: // ret
                stack.Clear();
                return;
        }

        for (var count = PopCount(instruction.StackBehaviourPop); count > 0; count--)
        {
            _ = Pop(stack);
        }

        for (var count = PushCount(instruction.StackBehaviourPush); count > 0; count--)
        {
            stack.Push(default);
        }
    }

    private Slot Load(FieldInfo field, Slot owner, bool isAddress)
    {
        if (IsCaptured(field))
        {
            return field.Name is "<>4__this" or "$VB$Me" ? new Slot(Origin.This, null) : new Slot(isAddress ? Origin.Address : Origin.Value, $"variable '{NameOf(field)}'");
        }

        return owner.Origin switch
        {
            Origin.StateMachine when field.Name is "<>4__this" or "$VB$Me" && !ClosureCodec.IsClosure(field.FieldType) => new Slot(Origin.This, null),
            Origin.StateMachine => _kept.GetValueOrDefault(field.Name),
            Origin.This => new Slot(isAddress ? Origin.Address : Origin.Value, $"field '{NameOf(field)}' of 'this'"),
            Origin.Address => owner with { Origin = isAddress ? Origin.Address : Origin.Value },
            _ => default,
        };
    }

    private void Store(FieldInfo field, Slot owner, Slot value)
    {
        if (IsCaptured(field))
        {
            Add($"variable '{NameOf(field)}'");
        }
        else if (owner.Origin == Origin.This)
        {
            Add($"field '{NameOf(field)}' of 'this'");
        }
        else if (owner.Origin == Origin.Address)
        {
            Add(owner.Name);
        }
        else if (owner.Origin == Origin.StateMachine)
        {
            _kept[field.Name] = value;
        }
    }

    private void Call(MethodBase callee, bool isNew, Stack<Slot> stack)
    {
        var parameters = callee.GetParameters();
        for (var i = parameters.Length - 1; i >= 0; i--)
        {
            var isWritable = parameters[i].ParameterType.IsByRef && (!parameters[i].IsIn || parameters[i].IsOut);
            if (Pop(stack) is { Origin: Origin.Address } argument && isWritable && callee.DeclaringType?.Namespace?.StartsWith("System.Runtime", StringComparison.Ordinal) != true)
            {
                Add(argument.Name);
            }
        }

        if (!callee.IsStatic && !isNew)
        {
            var target = Pop(stack);
            var isSetter = callee.IsSpecialName && callee.Name.StartsWith("set_", StringComparison.Ordinal);
            if (target.Origin == Origin.This && isSetter && parameters.Length == 1)
            {
                Add($"property '{callee.Name[4..]}' of 'this'");
            }
            else if ((target.Origin == Origin.Address && isSetter && callee.DeclaringType is { IsValueType: true })
                || (target.Origin is Origin.Value or Origin.Address && IsMutator(callee.Name) && IsCollection(callee.DeclaringType)))
            {
                Add(target.Name);
            }
        }

        if (isNew || callee is MethodInfo { ReturnType: { } result } && result != typeof(void))
        {
            stack.Push(default);
        }
    }

    /// <summary>A variable of the method around the body, and not one that the compiler added.</summary>
    private bool IsCaptured(FieldInfo field) =>
        field.DeclaringType is { } owner
        && ClosureCodec.IsClosure(owner)
        && !_madeInside.Contains(DefinitionOf(owner))
        && (!field.Name.StartsWith("<>", StringComparison.Ordinal) || field.Name == "<>4__this")
        && !field.Name.StartsWith("CS$", StringComparison.Ordinal)
        && !field.Name.StartsWith("$VB$NonLocal", StringComparison.Ordinal);

    private void Add(string? name)
    {
        if (name is not null && !_names.Contains(name))
        {
            _names.Add(name);
        }
    }

    private static bool IsMutator(string name) =>
        name is "Add" or "AddRange" or "AddFirst" or "AddLast" or "AddBefore" or "AddAfter" or "TryAdd" or "Insert" or "InsertRange" or "Push" or "PushRange" or "Enqueue" or "EnqueueRange" or "set_Item"
            or "Remove" or "RemoveAt" or "RemoveAll" or "RemoveRange" or "RemoveWhere" or "RemoveFirst" or "RemoveLast" or "Clear" or "UnionWith" or "ExceptWith" or "IntersectWith" or "SymmetricExceptWith"
            or "Append" or "AppendLine" or "AppendFormat" or "AppendJoin" or "AddOrUpdate" or "GetOrAdd" or "TryUpdate" or "TryRemove";

    /// <summary>Of a copy's own. Immutable collections return a new one, and this library's objects are no copies.</summary>
    private static bool IsCollection(Type? type) =>
        type is not null
        && type.Assembly != typeof(CapturedAssignments).Assembly
        && (type.Namespace != "System.Collections.Immutable" || type.Name.Contains("Builder", StringComparison.Ordinal))
        && (type == typeof(System.Text.StringBuilder)
            || IsCollectionFace(type)
            || Array.Exists(type.GetInterfaces(), IsCollectionFace));

    private static bool IsCollectionFace(Type type) =>
        type == typeof(System.Collections.ICollection)
        || type == typeof(System.Collections.IList)
        || type == typeof(System.Collections.IDictionary)
        || (type.IsGenericType && type.Namespace == "System.Collections.Generic" && type.Name is "ICollection`1" or "IList`1" or "ISet`1" or "IDictionary`2");

    private static Type DefinitionOf(Type type) => type.IsConstructedGenericType ? type.GetGenericTypeDefinition() : type;

    private static string NameOf(FieldInfo field)
    {
        var name = field.Name.StartsWith("$VB$Local_", StringComparison.Ordinal) ? field.Name["$VB$Local_".Length..] : field.Name;
        return name.StartsWith('<') && name.IndexOf('>', StringComparison.Ordinal) is var end and > 1 ? name[1..end] : name;
    }

    private static Slot Pop(Stack<Slot> stack) => stack.TryPop(out var slot) ? slot : default;

    private static int LocalOf(int value, byte[] code, int operand, int first) => value switch
    {
        0x11 or 0x13 => code[operand],
        0xFE0C or 0xFE0E => BitConverter.ToUInt16(code, operand),
        _ => value - first,
    };

    private static int OperandSize(OpCode instruction, byte[] code, int at) => instruction.OperandType switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => at + 4 <= code.Length ? 4 + (4 * BitConverter.ToInt32(code, at)) : code.Length,
        _ => 4,
    };

    private static int PopCount(StackBehaviour behaviour) => behaviour switch
    {
        StackBehaviour.Pop0 => 0,
        StackBehaviour.Pop1 or StackBehaviour.Popi or StackBehaviour.Popref => 1,
        StackBehaviour.Pop1_pop1 or StackBehaviour.Popi_pop1 or StackBehaviour.Popi_popi or StackBehaviour.Popi_popi8 or StackBehaviour.Popi_popr4 or StackBehaviour.Popi_popr8 or StackBehaviour.Popref_pop1
            or StackBehaviour.Popref_popi => 2,
        StackBehaviour.Popi_popi_popi or StackBehaviour.Popref_popi_popi or StackBehaviour.Popref_popi_popi8 or StackBehaviour.Popref_popi_popr4 or StackBehaviour.Popref_popi_popr8 or StackBehaviour.Popref_popi_popref
            or StackBehaviour.Popref_popi_pop1 => 3,
        _ => 0,
    };

    private static int PushCount(StackBehaviour behaviour) => behaviour switch
    {
        StackBehaviour.Push0 => 0,
        StackBehaviour.Push1_push1 => 2,
        StackBehaviour.Push1 or StackBehaviour.Pushi or StackBehaviour.Pushi8 or StackBehaviour.Pushr4 or StackBehaviour.Pushr8 or StackBehaviour.Pushref => 1,
        _ => 0,
    };
}
