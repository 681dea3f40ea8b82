using System.Reflection;
using System.Reflection.Emit;

namespace Multiprocessing;

/// <summary>The instructions of IL by their code (two-byte ones as 0xFE00 + second byte), and what they do to the evaluation stack.</summary>
internal static class StackEffects
{
    private static readonly Lazy<Dictionary<int, OpCode>> Instructions = new(static () => typeof(OpCodes)
        .GetFields(BindingFlags.Static | BindingFlags.Public)
        .Select(static field => (OpCode)field.GetValue(null)!)
        .ToDictionary(static code => (int)(ushort)code.Value));

    public static bool TryGet(int code, out OpCode instruction) => Instructions.Value.TryGetValue(code, out instruction);

    public static int PopCount(OpCode instruction) => instruction.StackBehaviourPop switch
    {
        StackBehaviour.Pop0 => 0,
        StackBehaviour.Pop1 or StackBehaviour.Popi or StackBehaviour.Popref => 1,
        StackBehaviour.Pop1_pop1 or StackBehaviour.Popi_pop1 or StackBehaviour.Popi_popi or StackBehaviour.Popi_popi8 or StackBehaviour.Popi_popr4
            or StackBehaviour.Popi_popr8
            or StackBehaviour.Popref_pop1 or StackBehaviour.Popref_popi => 2,
        StackBehaviour.Popi_popi_popi or StackBehaviour.Popref_popi_popi or StackBehaviour.Popref_popi_popi8 or StackBehaviour.Popref_popi_popr4
            or StackBehaviour.Popref_popi_popr8
            or StackBehaviour.Popref_popi_popref or StackBehaviour.Popref_popi_pop1 => 3,
        _ => 0,
    };

    public static int PushCount(OpCode instruction) => instruction.StackBehaviourPush switch
    {
        StackBehaviour.Push0 => 0,
        StackBehaviour.Push1_push1 => 2,
        StackBehaviour.Push1 or StackBehaviour.Pushi or StackBehaviour.Pushi8 or StackBehaviour.Pushr4 or StackBehaviour.Pushr8
            or StackBehaviour.Pushref => 1,
        _ => 0,
    };
}
