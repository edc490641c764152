// SPDX-License-Identifier: GPL-2.0-only
#include "base/process.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

/* Nothing sensible prints more, in bytes. */
#define OUTPUT_LIMIT (64u << 20)

/* One of the two pipes, and what came out of it. */
struct capture {
	uv_pipe_t pipe;
	struct process *process;
	char *text;
	size_t length;
	size_t room;
	size_t taken; /* bytes of it that nobody wants any more: lines that on_out has had */
};

struct process {
	uv_process_t handle;
	uv_pipe_t input;
	struct capture out;
	struct capture log;
	size_t printed; /* bytes, since it was asked for its log */
	struct process_spec spec;
	struct process_end end;
	unsigned int open_handles;
};

static void make_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
	struct capture *capture = handle->data;

	if (capture->room - capture->length < suggested + 1) {
		capture->room = 2 * capture->room + suggested + 1;
		capture->text = xrealloc(capture->text, capture->room);
	}
	*buffer = uv_buf_init(capture->text + capture->length, (unsigned int)suggested);
}

/* The text that is left, as a string that the caller owns. */
static char *take_text(struct capture *capture)
{
	size_t length = capture->length - capture->taken;
	char *text = xcalloc(length + TEXT_SLACK, 1);

	if (length)
		memcpy(text, capture->text + capture->taken, length);
	replace_nul(text, length);
	capture->length = capture->taken = 0;
	return text;
}

static void on_closed(uv_handle_t *handle)
{
	struct process *process = ((struct capture *)handle->data)->process;

	if (--process->open_handles)
		return;
	process->end.out = take_text(&process->out);
	process->end.log = take_text(&process->log);
	free(process->out.text);
	free(process->log.text);
	process->spec.on_end(process->spec.context, &process->end);
	free(process);
}

/* Hands over the lines that `got` more bytes have made whole, and moves what is left to the front.
 */
static void tell_lines(struct process *process, size_t got)
{
	struct capture *out = &process->out;
	char *from = out->text + out->length - got, *end;

	while ((end = memchr(from, '\n', (size_t)(out->text + out->length - from)))) {
		char *line = out->text + out->taken;

		*end = '\0';
		replace_nul(line, (size_t)(end - line));
		from = end + 1;
		out->taken = (size_t)(from - out->text);
		process->spec.on_out(process->spec.context, line);
	}
	out->length -= out->taken;
	memmove(out->text, out->text + out->taken, out->length);
	out->taken = 0;
}

static void on_read(uv_stream_t *stream, ssize_t got, const uv_buf_t *buffer)
{
	struct capture *capture = stream->data;
	struct process *process = capture->process;

	(void)buffer;
	if (got < 0) {
		uv_close((uv_handle_t *)stream, on_closed);
		return;
	}
	capture->length += (size_t)got;
	process->printed += (size_t)got;
	if (capture == &process->out && process->spec.on_out)
		tell_lines(process, (size_t)got);
	if (process->printed > OUTPUT_LIMIT && !process->end.flooded) {
		process->end.flooded = true;
		process_kill(process);
	}
}

static void on_exited(uv_process_t *handle, int64_t status, int number)
{
	struct process *process = ((struct capture *)handle->data)->process;

	process->end.status = status;
	process->end.signal = number;
	/* What it may have left running would keep the pipes open. */
	process_kill(process);
	if (process->spec.takes_input)
		uv_close((uv_handle_t *)&process->input, on_closed);
	uv_close((uv_handle_t *)handle, on_closed);
}

static void open_capture(uv_loop_t *loop, struct capture *capture, struct process *process)
{
	uv_pipe_init(loop, &capture->pipe, 0);
	capture->pipe.data = capture;
	capture->process = process;
	process->open_handles++;
}

static void limit(const struct process *process)
{
	struct rlimit memory = { (rlim_t)process->spec.memory << 20,
				 (rlim_t)process->spec.memory << 20 };
	struct rlimit core = { 0, 0 };

	if (process->spec.memory)
		prlimit(process->handle.pid, RLIMIT_AS, &memory, NULL);
	prlimit(process->handle.pid, RLIMIT_CORE, &core, NULL);
}

/*
 * uv_spawn(), with as much stack for the child as there may be, since spatch recurses. A limit
 * holds from the exec() on, so it is raised here for as long as that takes.
 */
static int spawn(uv_loop_t *loop, struct process *process, const uv_process_options_t *options)
{
	struct rlimit before, most;
	bool limited = !getrlimit(RLIMIT_STACK, &before);
	int code;

	if (limited) {
		most = (struct rlimit){ before.rlim_max, before.rlim_max };
		setrlimit(RLIMIT_STACK, &most);
	}
	code = uv_spawn(loop, &process->handle, options);
	if (limited)
		setrlimit(RLIMIT_STACK, &before);
	return code;
}

/* After a failed start: nothing but closing is left to happen. */
static void ignore_end(void *context, struct process_end *end)
{
	(void)context;
	free(end->out);
	free(end->log);
}

struct process *process_start(uv_loop_t *loop, const struct process_spec *spec, struct error *err)
{
	struct process *process = xcalloc(1, sizeof(*process));
	uv_stdio_container_t stdio[3] = {
		{ .flags = spec->takes_input ? UV_CREATE_PIPE | UV_READABLE_PIPE : UV_IGNORE,
		  .data.stream = (uv_stream_t *)&process->input },
		{ .flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE,
		  .data.stream = (uv_stream_t *)&process->out.pipe },
		{ .flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE,
		  .data.stream = (uv_stream_t *)&process->log.pipe },
	};
	uv_process_options_t options = {
		.exit_cb = on_exited,
		.file = spec->arguments[0],
		.args = spec->arguments,
		.env = spec->environment,
		.cwd = spec->directory,
		.flags = UV_PROCESS_DETACHED,
		.stdio = stdio,
		.stdio_count = 3,
	};
	int code;

	process->spec = *spec;
	open_capture(loop, &process->out, process);
	open_capture(loop, &process->log, process);
	if (spec->takes_input) {
		uv_pipe_init(loop, &process->input, 0);
		process->input.data = &process->out;
		process->open_handles++;
	}
	process->handle.data = &process->out;
	process->open_handles++;
	code = spawn(loop, process, &options);
	if (code) {
		error_set(err, "cannot run %s: %s", spec->arguments[0], uv_strerror(code));
		process->spec.on_end = ignore_end;
		uv_close((uv_handle_t *)&process->handle, on_closed);
		uv_close((uv_handle_t *)&process->out.pipe, on_closed);
		uv_close((uv_handle_t *)&process->log.pipe, on_closed);
		if (spec->takes_input)
			uv_close((uv_handle_t *)&process->input, on_closed);
		return NULL;
	}
	limit(process);
	uv_read_start((uv_stream_t *)&process->out.pipe, make_room, on_read);
	uv_read_start((uv_stream_t *)&process->log.pipe, make_room, on_read);
	return process;
}

/* A text on its way to a process. */
struct message {
	uv_write_t write;
	char *text;
};

static void on_written(uv_write_t *write, int status)
{
	struct message *message = (struct message *)write;

	(void)status;
	free(message->text);
	free(message);
}

void process_write(struct process *process, const char *text)
{
	struct message *message = xcalloc(1, sizeof(*message));
	uv_buf_t buffer;

	message->text = xstrdup(text);
	buffer = uv_buf_init(message->text, (unsigned int)strlen(text));
	if (uv_is_closing((uv_handle_t *)&process->input) ||
	    uv_write(&message->write, (uv_stream_t *)&process->input, &buffer, 1, on_written))
		on_written(&message->write, 0);
}

char *process_take_log(struct process *process)
{
	process->printed = 0;
	return take_text(&process->log);
}

void process_kill(struct process *process)
{
	kill(-process->handle.pid, SIGKILL);
}

static void keep_end(void *context, struct process_end *end)
{
	*(struct process_end *)context = *end;
}

static void kill_late(uv_timer_t *timer)
{
	process_kill(timer->data);
}

int process_run(const struct process_spec *spec, unsigned int timeout, struct process_end *end,
		struct error *err)
{
	struct process_spec kept = *spec;
	struct process *process;
	uv_timer_t timer;
	uv_loop_t loop;

	*end = (struct process_end){ 0 };
	kept.on_end = keep_end;
	kept.context = end;
	uv_loop_init(&loop);
	uv_timer_init(&loop, &timer);
	process = process_start(&loop, &kept, err);
	if (process) {
		timer.data = process;
		uv_timer_start(&timer, kill_late, timeout, 0);
		uv_unref((uv_handle_t *)&timer);
	}
	uv_run(&loop, UV_RUN_DEFAULT);
	uv_close((uv_handle_t *)&timer, NULL);
	uv_run(&loop, UV_RUN_DEFAULT);
	uv_loop_close(&loop);
	return process ? 0 : -1;
}
