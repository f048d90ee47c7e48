%% Counters behind a socket, each a gen_server, as one writes them in Erlang:
%%     escript counting.erl PORT FILE memory|everysec|always
%% It speaks enough of Redis's protocol for redis-benchmark: INCR, GET, PING. With `always`, a call is in the log file and
%% on the disk before its reply: one sync for all calls that came during the last one. With `everysec`, the log is synced
%% every second; with `memory` there is none.
-module(counting).
-behaviour(gen_server).
-export([main/1, init/1, handle_call/3, handle_cast/2]).
-mode(compile).

main([Port, File, Durability]) ->
    _ = ets:new(counters, [named_table, public, {read_concurrency, true}]),
    ok = start_log(Durability, File),
    Self = self(),
    register(starter, Self),
    {ok, Listening} = gen_tcp:listen(list_to_integer(Port), [
        binary, {ip, {127, 0, 0, 1}}, {active, false}, {nodelay, true}, {reuseaddr, true}, {backlog, 1024}]),
    spawn_link(fun() -> accept(Listening) end),
    start_counters().

%% ---- connections ----

accept(Listening) ->
    {ok, Socket} = gen_tcp:accept(Listening),
    Connection = spawn(fun() -> receive go -> connected(Socket, <<>>) end end),
    ok = gen_tcp:controlling_process(Socket, Connection),
    Connection ! go,
    accept(Listening).

connected(Socket, Before) ->
    case gen_tcp:recv(Socket, 0) of
        {ok, Data} ->
            {Asked, Rest} = ask_all(<<Before/binary, Data/binary>>, []),
            _ = gen_tcp:send(Socket, [reply(One) || One <- Asked]),
            connected(Socket, Rest);
        {error, _} -> gen_tcp:close(Socket)
    end.

%% All commands of a chunk are asked before the first reply is waited for: they share a sync.
ask_all(Data, Asked) ->
    case command(Data) of
        {Command, Rest} -> ask_all(Rest, [ask(Command) | Asked]);
        more -> {lists:reverse(Asked), Data}
    end.

ask([<<"INCR">>, Name]) -> {asked, gen_server:send_request(counter(Name), incr)};
ask([<<"GET">>, Name]) -> {asked, gen_server:send_request(counter(Name), get)};
ask([<<"PING">>]) -> <<"+PONG\r\n">>;
ask(_) -> <<"-ERR unknown command\r\n">>.

reply({asked, Request}) ->
    {reply, Count} = gen_server:receive_response(Request, infinity),
    [$:, integer_to_binary(Count), <<"\r\n">>];
reply(Known) -> Known.

command(<<$*, Rest/binary>>) ->
    case number(Rest, 0) of
        {Count, After} -> words(Count, After, []);
        more -> more
    end;
command(_) -> more.

words(0, Rest, Words) -> {lists:reverse(Words), Rest};
words(Count, <<$$, Rest/binary>>, Words) ->
    case number(Rest, 0) of
        {Size, After} ->
            case After of
                <<Word:Size/binary, "\r\n", Behind/binary>> -> words(Count - 1, Behind, [Word | Words]);
                _ -> more
            end;
        more -> more
    end;
words(_, _, _) -> more.

number(<<"\r\n", Rest/binary>>, Number) -> {Number, Rest};
number(<<Digit, Rest/binary>>, Number) when Digit >= $0, Digit =< $9 -> number(Rest, Number * 10 + Digit - $0);
number(_, _) -> more.

%% ---- counters ----

counter(Name) ->
    case ets:lookup(counters, Name) of
        [{_, Counter}] -> Counter;
        [] ->
            starter ! {start, Name, self()},
            receive {started, Name, Counter} -> Counter end
    end.

%% One process starts them, so that no two have one name.
start_counters() ->
    receive
        {start, Name, From} ->
            case ets:lookup(counters, Name) of
                [{_, Counter}] -> From ! {started, Name, Counter};
                [] ->
                    {ok, Counter} = gen_server:start_link(?MODULE, Name, []),
                    true = ets:insert(counters, {Name, Counter}),
                    From ! {started, Name, Counter}
            end,
            start_counters()
    end.

init(Name) -> {ok, {Name, 0, whereis(log)}}.

handle_call(incr, _, {Name, Count, undefined}) -> {reply, Count + 1, {Name, Count + 1, undefined}};
handle_call(incr, From, {Name, Count, Log}) ->
    Log ! {append, Name, From, Count + 1},
    {noreply, {Name, Count + 1, Log}};
handle_call(get, _, {_, Count, _} = State) -> {reply, Count, State}.

handle_cast(_, State) -> {noreply, State}.

%% ---- the log ----

start_log("memory", _) -> ok;
start_log(Durability, File) ->
    Self = self(),
    Log = spawn_link(fun() ->
        {ok, Device} = file:open(File, [append, raw, binary]),
        _ = [timer:send_interval(1000, sync) || Durability =:= "everysec"],
        Self ! opened,
        log(Device, Durability)
    end),
    register(log, Log),
    receive opened -> ok end.

log(Device, Durability) ->
    receive
        sync ->
            ok = file:datasync(Device),
            log(Device, Durability);
        {append, _, _, _} = First ->
            Batch = [First | waiting(1000)],
            ok = file:write(Device, [[integer_to_binary(byte_size(Name)), $ , Name] || {append, Name, _, _} <- Batch]),
            _ = [ok = file:datasync(Device) || Durability =:= "always"],
            _ = [gen_server:reply(From, Count) || {append, _, From, Count} <- Batch],
            log(Device, Durability)
    end.

waiting(0) -> [];
waiting(Most) ->
    receive {append, _, _, _} = Next -> [Next | waiting(Most - 1)] after 0 -> [] end.
