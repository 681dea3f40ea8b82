namespace Multiprocessing.Generators;

/// <summary>Writes the part of a contract that is for events: subscriptions at the object, and what calls the handlers at the proxy.</summary>
internal static class EventWriter
{
    public static void Write(CodeText code, InterfaceModel model)
    {
        if (model.Events.Count == 0)
        {
            return;
        }

        const string Subscribe = $"public override {Library.Action} Subscribe(object instance, int member, {Library.Sink} sink)";
        const string Raise = $"public override void Raise(object proxy, int member, {Library.Delegate} handlers, {Library.Incoming} call)";
        Switch(Subscribe, "return ", "Subscribe", "instance, sink", "");
        Switch(Raise, "", "Raise", "proxy, handlers, call", " return;");
        foreach (var @event in model.Events)
        {
            WriteSubscribe(code, @event);
            WriteRaise(code, @event);
        }

        void Switch(string head, string keyword, string name, string arguments, string end)
        {
            code.Line();
            using (code.Open(head))
            using (code.Open("switch (member)"))
            {
                foreach (var @event in model.Events)
                {
                    code.Line($"case {@event.Call.Number}: {keyword}{name}{@event.Call.Number}({arguments});{end}");
                }

                code.Line("default: throw new global::System.ArgumentOutOfRangeException(nameof(member));");
            }
        }
    }

    private static void WriteSubscribe(CodeText code, EventModel @event)
    {
        var call = @event.Call;
        WriteObsolete(code, call);
        using (code.Open($"private static {Library.Action} Subscribe{call.Number}(object instance, {Library.Sink} sink)"))
        {
            code.Line($"var source = ({@event.Owner})instance;");
            var names = string.Join(", ", call.Parameters.Select(static (_, i) => $"arg{i}"));
            using (code.Open($"{@event.Type} handler = ({names}) =>", "};"))
            {
                ProxyWriter.WriteEnsured(code, call.Parameters);
                code.Line("var raised = sink.Begin();");
                for (var i = 0; i < call.Parameters.Count; i++)
                {
                    ProxyWriter.WriteArgument(code, "raised", call.Parameters[i], $"arg{i}");
                }

                code.Line("sink.Send(raised);");
            }

            code.Line($"source.{@event.Name} += handler;");
            code.Line($"return () => source.{@event.Name} -= handler;");
        }
    }

    private static void WriteRaise(CodeText code, EventModel @event)
    {
        WriteObsolete(code, @event.Call);
        using (code.Open($"private static void Raise{@event.Call.Number}(object proxy, {Library.Delegate} handlers, {Library.Incoming} call)"))
        {
            ProxyWriter.WriteEnsured(code, @event.Call.Parameters);
            var values = ContractWriter.Read(code, @event.Call.Parameters);
            code.Line($"(({@event.Type})handlers)({string.Join(", ", values)});");
        }
    }

    private static void WriteObsolete(CodeText code, CallModel call)
    {
        code.Line();
        if (call.IsObsolete)
        {
            code.Line("[global::System.Obsolete]");
        }
    }
}
