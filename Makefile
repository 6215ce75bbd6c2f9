# make install PREFIX=/usr/local: the program, its manual and its completions.
PREFIX ?= /usr/local
CARGO ?= cargo
TARGET_DIR = $(or $(CARGO_TARGET_DIR),target)
SHARE = "$(DESTDIR)$(PREFIX)/share"

all:
	$(CARGO) build --release --locked

install: all
	install -d "$(DESTDIR)$(PREFIX)/bin" $(SHARE)/man/man1 $(SHARE)/bash-completion/completions
	install -d $(SHARE)/zsh/site-functions $(SHARE)/fish/vendor_completions.d
	install -m 755 "$(TARGET_DIR)/release/gpt" "$(DESTDIR)$(PREFIX)/bin/gpt"
	install -m 644 man/*.1 $(SHARE)/man/man1/
	install -m 644 completions/gpt.bash $(SHARE)/bash-completion/completions/gpt
	install -m 644 completions/_gpt $(SHARE)/zsh/site-functions/_gpt
	install -m 644 completions/gpt.fish $(SHARE)/fish/vendor_completions.d/gpt.fish

# Takes away what install puts there, and no directory.
uninstall:
	rm -f "$(DESTDIR)$(PREFIX)/bin/gpt"
	for page in man/*.1; do rm -f $(SHARE)/man/man1/"$${page##*/}"; done
	rm -f $(SHARE)/bash-completion/completions/gpt $(SHARE)/zsh/site-functions/_gpt
	rm -f $(SHARE)/fish/vendor_completions.d/gpt.fish

.PHONY: all install uninstall
